/**
 * ring, the crypto library of many rustls programs, by its tables of functions: nothing else of it has a place of its
 * own in a stripped build. Both functions take one TLS record whole, whatever code the CPU then selects.
 */
import { hex } from "../hex.ts";
import type { Binary, Finding, HookPoint, Method, Stack } from "../target.ts";
import { type AlgorithmTable, algorithmTables } from "./algorithm_tables.ts";
import { TlsFunction } from "../../capture/layout.gen.ts";

const LIBRARY = "ring";
const METHOD: Method = "function tables";
/** One for each version of ring that is linked in; more than one was never seen. */
const MAX_COPIES = 4;

/** AES-GCM with both key lengths: two tables with the same seal and open. */
interface AesPair {
  readonly short: AlgorithmTable;
  readonly long: AlgorithmTable;
}

/** ring's seal and open for AES-GCM and ChaCha20-Poly1305; nothing where the file has none. */
export function ringAead(binary: Binary): Finding {
  const tables = algorithmTables(binary);
  if (tables === null) return refused("its constants are more than a program has", []);
  const sharing = [...Map.groupBy(tables.filter(isAes), ({ seal, open }) => `${seal},${open}`).values()];
  const pairs = sharing.flatMap((group) => pairOf(group) ?? []);
  const ambiguous = sharing.filter((group) => group.length > 2 && pairable(group)).flat();
  if (ambiguous.length > 0 || pairs.length > MAX_COPIES) {
    return refused("more tables look like AES-GCM than ring has", [
      ...pairs.map(({ short }) => short),
      ...ambiguous,
    ]);
  }
  if (pairs.length === 0) return { stacks: [], refusals: [] };
  const aes = new Set(pairs.flatMap(({ short }) => [short.seal, short.open]));
  const chacha = tables.filter((table) =>
    !isAes(table) && table.seal !== table.open && !aes.has(table.seal) && !aes.has(table.open)
  );
  // A cipher that nobody names is not linked in; one too many could be anything.
  if (chacha.length <= pairs.length) {
    return { stacks: [stackOf(binary, { pairs, chacha })], refusals: [] };
  }
  const { refusals } = refused("several tables look like ChaCha20-Poly1305", chacha);
  return { stacks: [stackOf(binary, { pairs, chacha: [] })], refusals };
}

const isAes = ({ cipher }: AlgorithmTable): boolean => cipher !== "ChaCha20-Poly1305";

function pairable(group: readonly AlgorithmTable[]): boolean {
  return new Set(group.map(({ cipher }) => cipher)).size === 2;
}

function pairOf(group: readonly AlgorithmTable[]): AesPair | null {
  const [first, second] = group;
  if (group.length !== 2 || !first || !second || !pairable(group)) return null;
  if (first.seal === first.open || first.init === second.init) return null;
  return first.cipher === "AES-128-GCM" ? { short: first, long: second } : { short: second, long: first };
}

interface Found {
  readonly pairs: readonly AesPair[];
  readonly chacha: readonly AlgorithmTable[];
}

function stackOf(binary: Binary, { pairs, chacha }: Found): Stack {
  const hooks = [
    ...pairs.flatMap(({ short }) => hooksOf(binary, { table: short, prefix: "aes_gcm" })),
    ...chacha.flatMap((table) => hooksOf(binary, { table, prefix: "chacha20_poly1305" })),
  ];
  const evidence = [
    ...pairs.map(({ short, long }) =>
      `the tables of AES-128-GCM (at ${hex(short.address)}) and AES-256-GCM (at ${hex(long.address)}) ` +
      `name the same seal (${hex(short.seal)}) and open (${hex(short.open)})`
    ),
    ...chacha.map(({ address, seal, open }) =>
      `the table of ChaCha20-Poly1305 (at ${hex(address)}) names seal (${hex(seal)}) and open (${hex(open)})`
    ),
  ];
  return { library: LIBRARY, method: METHOD, hooks, evidence };
}

function hooksOf(
  { elf }: Binary,
  { table, prefix }: { readonly table: AlgorithmTable; readonly prefix: string },
): HookPoint[] {
  const [seal, open] = [elf.toCodeOffset(table.seal), elf.toCodeOffset(table.open)];
  if (seal === null || open === null) return [];
  return [
    { name: `${prefix}_seal`, function: TlsFunction.RING_SEAL, offset: seal, when: "entry" },
    { name: `${prefix}_open`, function: TlsFunction.RING_OPEN, offset: open, when: "both" },
  ];
}

function refused(reason: string, tables: readonly AlgorithmTable[]): Finding {
  const evidence = tables.slice(0, 8).map(({ cipher, address }) => `${cipher}: a table at ${hex(address)}`);
  return { stacks: [], refusals: [{ library: LIBRARY, reason, evidence }] };
}
