/** The AEAD boundary of BoringSSL and aws-lc in a symbol table: what rustls and others encrypt their records with. */
import type { Located } from "./located_function.ts";
import type { HookPoint, Method, Refusal, Stack } from "../target.ts";
import { aeadHooks } from "./tls_apis.ts";

/** Copies of the library in one program: two happen, more are made up. */
const MAX_COPIES = 8;

export interface AeadOptions {
  readonly method: Method;
  /** Every function of the symbol table that was found. */
  readonly names: Iterable<string>;
  readonly find: (name: string) => Located | null;
  /** The file has SSL_write: an unprefixed boundary is BoringSSL's own, and the same text would be seen twice. */
  readonly hasOpenSslApi: boolean;
}

/** One answer for each copy of the library, told apart by their prefix ("aws_lc_0_30_0_"). */
export function aeadSymbols({ names, find, method, hasOpenSslApi }: AeadOptions): (Stack | Refusal)[] {
  const prefixes = new Set<string>();
  for (const name of names) {
    const base = aeadHooks.find((hook) => name.endsWith(hook.name));
    if (base) prefixes.add(name.slice(0, -base.name.length));
  }
  if (hasOpenSslApi) prefixes.delete("");
  return [...prefixes].slice(0, MAX_COPIES).flatMap((prefix) => judge(prefix, find, method) ?? []);
}

function judge(prefix: string, find: AeadOptions["find"], method: Method): Stack | Refusal | null {
  const library = prefix.startsWith("aws_lc") ? "aws-lc" : "BoringSSL or aws-lc";
  const hooks: HookPoint[] = [];
  for (const { name, function: what, when } of aeadHooks) {
    const place = find(prefix + name);
    if (place === null) continue;
    if ("reason" in place) return { library, reason: place.reason, evidence: [] };
    // A crypto library that others load: the TLS library above it is hooked instead.
    if (place.exported) return null;
    const same = hooks.find(({ offset }) => offset === place.offset);
    if (same) return { library, reason: `${same.name} and ${name} are the same code`, evidence: [] };
    hooks.push({ name, function: what, offset: place.offset, when });
  }
  const has = (part: string) => hooks.some(({ name }) => name.includes(part));
  if (!has("_seal") || !has("_open")) return null;
  const evidence = [`the ${method === "symbols" ? "symbol table" : method} names ${names(prefix, hooks)}`];
  return { library, method, hooks, evidence };
}

function names(prefix: string, hooks: readonly HookPoint[]): string {
  return hooks.map(({ name }) => prefix + name).join(", ");
}
