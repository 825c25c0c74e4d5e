import type { Draft, Kind } from "../event.ts";
import { redactArgv } from "./command_line.ts";
import { redactHeaders, redactHeaderValue } from "./headers.ts";
import { type Naming, take } from "./naming.ts";
import { isSecretHeader, isSecretName, isSecretVariable } from "./rules/names.ts";

/** Deeper values are cut by `mapStrings`. */
const DEEPEST = 100;
/** A key that names a secret may hold a short one, but `"token": "a"` is no more than a letter. */
const SHORTEST_FIELD = 4;

const PASSWORD = /pass(?:word|wd|phrase|code)$/i;

/** Events without headers, command lines or objects of others. All other kinds are looked through. */
const FLAT: ReadonlySet<Kind> = new Set<Kind>([
  "file.open",
  "file.io",
  "file.close",
  "file.unlink",
  "file.rmdir",
  "file.mkdir",
  "file.mknod",
  "file.rename",
  "file.link",
  "file.symlink",
  "file.truncate",
  "file.chmod",
  "file.chown",
  "file.xattr",
  "file.mmap",
  "net.socket",
  "net.connect",
  "net.bind",
  "net.listen",
  "net.accept",
  "net.send",
  "net.close",
  "net.peer",
  "net.host",
  "dns.query",
  "dns.answer",
  "process.fork",
  "process.thread",
  "process.exec_failed",
  "process.exit",
  "process.setsid",
  "process.cred",
  "process.ns",
  "process.ptrace",
  "process.signal",
  "process.memfd",
  "process.exec_memory",
  "process.kernel",
  "process.name",
  "llm.delta",
  "loss",
  "resource",
]);

/** Whether nothing of others is nested in it: neither a named secret nor endless depth is to be expected. */
export function isFlat({ kind }: Draft): boolean {
  return FLAT.has(kind);
}

/**
 * Secrets that their place names: a header, an option of a command line, the key of an object. What the place
 * shows is learned, so that the same value is found where nothing names it.
 */
export function redactNamed(draft: Draft, naming: Naming): Draft {
  if (isFlat(draft)) return draft;
  if (draft.kind !== "http.exchange") return redactNames(draft, naming, 0) as Draft;
  return {
    ...draft,
    req_headers: redactHeaders(draft.req_headers, naming),
    resp_headers: redactHeaders(draft.resp_headers, naming),
  };
}

/** `{"api_key": "…"}` and `["curl", "-H", "x-api-key: …"]` anywhere inside. */
function redactNames(value: unknown, naming: Naming, depth: number): unknown {
  if (typeof value !== "object" || value === null || depth >= DEEPEST) return value;
  if (Array.isArray(value)) return redactList(value, naming, depth);
  const object = value as Record<string, unknown>;
  const pair = pairName(object);
  let copy: Record<string, unknown> | null = null;
  for (const key of Object.keys(object)) {
    const item = object[key];
    const next = redactItem(key === "value" && pair !== null ? pair : key, item, { naming, depth });
    if (next !== item) (copy ??= { ...object })[key] = next;
  }
  return copy ?? object;
}

function redactList(list: readonly unknown[], naming: Naming, depth: number): readonly unknown[] {
  if (list.every((item) => typeof item === "string")) return redactArgv(list as readonly string[], naming);
  let copy: unknown[] | null = null;
  for (let i = 0; i < list.length; i++) {
    const next = redactNames(list[i], naming, depth + 1);
    if (next !== list[i]) (copy ??= list.slice())[i] = next;
  }
  return copy ?? list;
}

/** `{"name": "DB_PASSWORD", "value": "…"}`, as Kubernetes, HAR files and many tools write headers and variables. */
function pairName({ name, key, value }: Record<string, unknown>): string | null {
  if (typeof value !== "string") return null;
  if (typeof name === "string") return name;
  return typeof key === "string" ? key : null;
}

/** A header has a list of values in some programs, and a password may be all digits. */
function redactItem(
  name: string,
  item: unknown,
  { naming, depth }: { naming: Naming; depth: number },
): unknown {
  if (typeof item === "string") return redactField(name, item, naming);
  if (depth >= DEEPEST) return item;
  if (typeof item === "number") return PASSWORD.test(name) ? take(String(item), "field", naming) : item;
  if (Array.isArray(item) && (isSecretName(name) || isSecretHeader(name))) {
    return item.map((value) => redactItem(name, value, { naming, depth: depth + 1 }));
  }
  return redactNames(item, naming, depth + 1);
}

function redactField(name: string, value: string, naming: Naming): string {
  if (value.length < SHORTEST_FIELD) return value;
  if (isSecretHeader(name)) return redactHeaderValue(name, value, naming);
  return isSecretName(name) || isSecretVariable(name) ? take(value, "field", naming) : value;
}
