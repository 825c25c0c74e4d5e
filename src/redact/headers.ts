import type { LearnedSecrets } from "./learned.ts";
import { isPlaceholder, type Naming } from "./naming.ts";
import { isSecretHeader } from "./rules/names.ts";

const SCHEME = /^(?:bearer|basic|token|digest|negotiate|apikey|aws4-hmac-sha256) +/i;
const HEADER_LINE = /^([A-Za-z0-9-]{1,64})(:\s*)(.+)$/s;
const COOKIE_ATTRIBUTE = /^(?:path|domain|expires|max-age|samesite|secure|httponly|priority|partitioned)$/i;

export function redactHeaders(
  headers: Readonly<Record<string, string>>,
  naming: Naming,
): Readonly<Record<string, string>> {
  let copy: Record<string, string> | null = null;
  for (const name of Object.keys(headers)) {
    const value = headers[name] as string;
    const next = redactHeaderValue(name, value, naming);
    if (next !== value) (copy ??= { ...headers })[name] = next;
  }
  return copy ?? headers;
}

/** `Name: value`, as command lines and arrays hold it. */
export function redactHeaderLine(line: string, naming: Naming): string {
  const [, name, colon, value] = HEADER_LINE.exec(line) ?? [];
  if (name === undefined || colon === undefined || value === undefined) return line;
  return name + colon + redactHeaderValue(name, value, naming);
}

/** The value without its secret; a scheme such as `Bearer` stays. */
export function redactHeaderValue(name: string, value: string, { learned, placeholder }: Naming): string {
  if (!isSecretHeader(name)) return value;
  const scheme = SCHEME.exec(value)?.[0] ?? "";
  const secret = value.slice(scheme.length);
  if (secret === "" || isPlaceholder(secret)) return value;
  if (/cookie$/i.test(name)) learnCookies(secret, learned);
  else {
    learned.learn(secret, "header");
    if (/^basic/i.test(scheme)) learnBasic(secret, learned);
  }
  return scheme + placeholder("header", secret);
}

/** A plain word such as `theme=midnight` is no secret, and learning it would blank out ordinary text. */
function learnCookies(line: string, learned: LearnedSecrets): void {
  for (const pair of line.split(/[;,]\s*/, 64)) {
    const equals = pair.indexOf("=");
    if (COOKIE_ATTRIBUTE.test(pair.slice(0, equals))) continue;
    const value = pair.slice(equals + 1);
    if (!/^[A-Za-z/._-]*$/.test(value) || value.length >= 24) learned.learn(value, "cookie");
  }
}

function learnBasic(encoded: string, learned: LearnedSecrets): void {
  const plain = atobOrEmpty(encoded);
  learned.learn(plain.slice(plain.indexOf(":") + 1), "password");
}

function atobOrEmpty(encoded: string): string {
  try {
    return atob(encoded);
  } catch {
    return "";
  }
}
