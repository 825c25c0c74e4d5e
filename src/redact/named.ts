import type { Draft } from "../event.ts";
import type { LearnedSecrets } from "./learned.ts";
import { PLACEHOLDER } from "./placeholder.ts";
import { isSecretHeader, isSecretName } from "./rules.ts";

/** Deeper values are cut by `mapStrings`. */
const DEEPEST = 100;
const SCHEME = /^(?:bearer|basic|token|digest|negotiate|apikey|aws4-hmac-sha256) +/i;
const HEADER_LINE = /^([A-Za-z0-9-]{1,64})(:\s*)(.+)$/s;
const HEADER_OPTION = /^(?:-H|--header|--proxy-header)$/;
const ASSIGNMENT = /^-{0,2}([A-Za-z0-9][\w.-]{0,63})=/;
const USER_OPTION = /^(?:-u|--user|--proxy-user)$/;

export interface Naming {
  readonly learned: LearnedSecrets;
  readonly placeholder: (kind: string, secret: string) => string;
}

/**
 * Secrets that their place names: a header, an option of a command line, the key of an object. What the place
 * shows is learned, so that the same value is found where nothing names it.
 */
export function redactNamed(draft: Draft, naming: Naming): Draft {
  switch (draft.kind) {
    case "http.exchange":
      return {
        ...draft,
        req_headers: redactHeaders(draft.req_headers, naming),
        resp_headers: redactHeaders(draft.resp_headers, naming),
      };
    case "process.exec":
    case "process.running": {
      const argv = redactArgv(draft.argv, naming);
      return argv === draft.argv ? draft : { ...draft, argv };
    }
    case "llm.call":
    case "tool.call":
    case "mcp.message":
      return redactNames(draft, naming, 0) as Draft;
    default:
      return draft;
  }
}

function redactHeaders(
  headers: Readonly<Record<string, string>>,
  naming: Naming,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      isSecretHeader(name) ? redactHeaderValue(name, value, naming) : value,
    ]),
  );
}

function redactHeaderValue(name: string, value: string, { learned, placeholder }: Naming): string {
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
  for (const pair of line.split(/;\s*/, 64)) {
    const value = pair.slice(pair.indexOf("=") + 1);
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

function redactArgv(argv: readonly string[], naming: Naming): readonly string[] {
  let copy: string[] | null = null;
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string;
    const next = redactWord(word, argv[i - 1] ?? "", naming);
    if (next !== word) (copy ??= argv.slice())[i] = next;
  }
  return copy ?? argv;
}

function redactWord(word: string, before: string, naming: Naming): string {
  if (HEADER_OPTION.test(before)) return redactHeaderLine(word, naming);
  if (USER_OPTION.test(before)) return redactUser(word, naming);
  if (/^--?[A-Za-z]/.test(before) && isSecretName(before.replace(/^-+/, "")) && !word.startsWith("-")) {
    return take(word, "option", naming);
  }
  const [assigned, name] = ASSIGNMENT.exec(word) ?? [];
  if (assigned !== undefined && name !== undefined && isNamed(name)) {
    return assigned + take(word.slice(assigned.length), "option", naming);
  }
  const attached = /^-H(?=\S)|^--header=/.exec(word)?.[0];
  return attached === undefined ? word : attached + redactHeaderLine(word.slice(attached.length), naming);
}

function isNamed(name: string): boolean {
  return isSecretName(name) || /^[A-Z0-9_]{0,64}_KEY$/.test(name);
}

function redactHeaderLine(line: string, naming: Naming): string {
  const [, name, colon, value] = HEADER_LINE.exec(line) ?? [];
  if (name === undefined || colon === undefined || value === undefined || !isSecretHeader(name)) return line;
  return name + colon + redactHeaderValue(name, value, naming);
}

function redactUser(word: string, naming: Naming): string {
  const colon = word.indexOf(":");
  // docker -u 1000:1000 names ids, not a password.
  if (colon < 0 || /^\d*:\d*$/.test(word)) return word;
  return word.slice(0, colon + 1) + take(word.slice(colon + 1), "password", naming);
}

function take(secret: string, kind: string, { learned, placeholder }: Naming): string {
  if (secret === "" || isPlaceholder(secret)) return secret;
  // A word of letters only may be any word: it is hidden here but not looked for elsewhere.
  if (!/^[A-Za-z/._-]*$/.test(secret)) learned.learn(secret, kind);
  return placeholder(kind, secret);
}

function isPlaceholder(text: string): boolean {
  return text.startsWith("[redacted:") && text.replace(PLACEHOLDER, "") === "";
}

/** `{"api_key": "…"}` and `["curl", "-H", "x-api-key: …"]` anywhere inside a tool's input. */
function redactNames(value: unknown, naming: Naming, depth: number): unknown {
  if (typeof value !== "object" || value === null || depth >= DEEPEST) return value;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item === "string")) return redactArgv(value, naming);
    let copy: unknown[] | null = null;
    for (let i = 0; i < value.length; i++) {
      const next = redactNames(value[i], naming, depth + 1);
      if (next !== value[i]) (copy ??= value.slice())[i] = next;
    }
    return copy ?? value;
  }
  const object = value as Record<string, unknown>;
  let copy: Record<string, unknown> | null = null;
  for (const key of Object.keys(object)) {
    const item = object[key];
    const next = typeof item === "string"
      ? isSecretName(key) && item.length >= 4 ? take(item, "field", naming) : item
      : redactNames(item, naming, depth + 1);
    if (next !== item) (copy ??= { ...object })[key] = next;
  }
  return copy ?? object;
}
