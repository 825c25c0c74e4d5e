/** TLS that a file names itself: by exported functions, by its symbol table, or by that of its debug file. */
import { aeadSymbols } from "./aead_symbols.ts";
import { ExportedFunctions } from "../elf/exported_functions.ts";
import { locate, type Located, type Place } from "./located_function.ts";
import { NameSearch } from "../elf/name_search.ts";
import { searchSymbolTable } from "../elf/symbol_table.ts";
import type { Binary, Finding, HookPoint, Method, Refusal, Stack } from "../target.ts";
import { aeadHooks, type ApiFunction, apiNames, type TlsApi, tlsApis } from "./tls_apis.ts";

const LEAST_WITNESSES = 2;
/** Setting two arguments and a jump are 10 bytes, or 60 without optimisation; the function they lead to has 1,000. */
const MAX_FORWARDER_BYTES = 128;
const wanted = new NameSearch({ exact: apiNames, prefixed: aeadHooks.map(({ name }) => name) });

export interface SymbolsOptions {
  /** The file's debug file, whose symbol table is then searched instead of the file's own. */
  readonly debug?: Binary;
}

/** Looks at names only: tens of microseconds for a library without a symbol table. */
export function symbols(binary: Binary, { debug }: SymbolsOptions = {}): Finding {
  const exported = new ExportedFunctions(binary);
  const table = searchSymbolTable(debug ?? binary, wanted);
  const known = new Map<string, Located | null>();
  const find = (name: string) => {
    let place = known.get(name);
    if (place === undefined) {
      const definitions = { exported: exported.find(name), local: table.functions.get(name) ?? [] };
      known.set(name, place = locate(binary.elf, name, definitions));
    }
    return place;
  };
  const method: Method = debug ? "debug file" : "symbols";
  const answers = [
    ...tlsApis.map((api) => judge(api, find, method)),
    ...aeadSymbols({
      method,
      names: table.functions.keys(),
      find,
      hasOpenSslApi: find("SSL_write") !== null,
    }),
  ].filter((answer) => answer !== null);
  if (answers.length === 0 && table.limit !== null) {
    return { stacks: [], refusals: [{ library: "unknown", reason: table.limit, evidence: [] }] };
  }
  return {
    stacks: answers.filter((answer) => "hooks" in answer),
    refusals: answers.filter((answer) => "reason" in answer),
  };
}

/** Null when the file has nothing to do with this library. */
function judge(api: TlsApi, find: (name: string) => Located | null, method: Method): Stack | Refusal | null {
  const [first = ""] = api.needed;
  if (find(first) === null) return null;
  const refuse = (reason: string): Refusal => ({ library: api.library, reason, evidence: [] });
  const places = new Map<string, Place>();
  for (const name of [...api.needed, ...api.hooks.map((hook) => hook.name), ...api.witnesses]) {
    const place = find(name);
    if (place === null) continue;
    if ("reason" in place) return refuse(place.reason);
    places.set(name, place);
  }
  const missing = api.needed.find((name) => !places.has(name));
  if (missing) return refuse(`it defines ${first} and not ${missing}`);
  if (api.witnesses.filter((name) => places.has(name)).length < LEAST_WITNESSES) {
    return refuse(`it defines ${first} and hardly anything else of this library`);
  }
  const shared = sharedCode(places);
  if (shared) return refuse(`${shared.join(" and ")} are the same code`);
  const hooks = withoutDoubles(api.hooks, places);
  return { library: api.library, method, hooks, evidence: evidence(hooks, places, method) };
}

/** Two names for one place: whatever it does, it is not what both names say. */
function sharedCode(places: ReadonlyMap<string, Place>): [string, string] | null {
  const owners = new Map<number, string>();
  for (const [name, { offset }] of places) {
    const owner = owners.get(offset);
    if (owner !== undefined) return [owner, name];
    owners.set(offset, name);
  }
  return null;
}

function withoutDoubles(hooks: readonly ApiFunction[], places: ReadonlyMap<string, Place>): HookPoint[] {
  const left = new Set<string>();
  for (const { name, forwardsTo } of hooks) {
    const size = places.get(name)?.size ?? 0;
    if (forwardsTo === undefined || !places.has(forwardsTo)) continue;
    if (size === 0) left.add(forwardsTo);
    else if (size <= MAX_FORWARDER_BYTES) left.add(name);
  }
  return hooks.flatMap(({ name, function: what, when }) => {
    const place = places.get(name);
    return place && !left.has(name) ? [{ name, function: what, offset: place.offset, when }] : [];
  });
}

function evidence(
  hooks: readonly HookPoint[],
  places: ReadonlyMap<string, Place>,
  method: Method,
): string[] {
  const exported = hooks.filter(({ name }) => places.get(name)?.exported);
  const local = hooks.filter((hook) => !exported.includes(hook));
  const list = (some: readonly HookPoint[]) => some.map(({ name }) => name).join(", ");
  return [
    ...(exported.length > 0 ? [`the file exports ${list(exported)}`] : []),
    ...(local.length > 0
      ? [`its ${method === "symbols" ? "symbol table" : method} names ${list(local)}`]
      : []),
  ];
}
