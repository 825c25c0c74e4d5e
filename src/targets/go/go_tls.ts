/** Plain text of Go programs, stripped or not: `crypto/tls.(*Conn).Write` and `.Read` by Go's own tables. */
import { TlsFunction } from "../../capture/layout.gen.ts";
import type { ByteSource } from "../elf/elf.ts";
import { hex } from "../hex.ts";
import type { Binary, Finder, Finding, HookPoint } from "../target.ts";
import { goVersion, release } from "./build_info.ts";
import { placeAnywhere, placeAt, type Placement, type Shape } from "./code_base.ts";
import { findPclntabs, type FoundTable } from "./find_pclntab.ts";
import { codeSize, functionsNamed, type GoFunction, namePositions } from "./functions.ts";
import type { Pclntab } from "./pclntab.ts";
import { MAX_DELTA_TABLE_BYTES, readStackDeltas } from "./stack_deltas.ts";

const LIBRARY = "Go crypto/tls";
const WRITE = "crypto/tls.(*Conn).Write";
const READ = "crypto/tls.(*Conn).Read";
const kinds: Readonly<Record<string, number>> = {
  [WRITE]: TlsFunction.GO_WRITE,
  [READ]: TlsFunction.GO_READ,
};
/** The longest of crypto/tls has 4 KB. */
const MAX_FUNCTION_BYTES = 64 << 10;
const nothing: Finding = { stacks: [], refusals: [] };

/** The register ABI (Go 1.17 on x86-64, 1.18 on arm64) is what the probes read; older programs are refused. */
export const goTls: Finder = (binary) => {
  const tables = findPclntabs(binary)
    .map((found) => ({ ...found, positions: namePositions(binary.source, found.table, [WRITE, READ]) }))
    .filter(({ positions }) => positions.get(WRITE)?.length !== 0);
  const [found] = tables;
  if (!found) return nothing;
  const version = goVersion(binary);
  const evidence = [describeVersion(version), describeTable(found)];
  const refuse = (reason: string): Finding => ({
    stacks: [],
    refusals: [{ library: LIBRARY, reason, evidence }],
  });
  if (tables.length > 1) return refuse(`${tables.length} function tables name ${WRITE}`);
  if (onStack(found.table, { binary, version })) {
    return refuse(`it was built by Go ${older(binary)} or older, which passes arguments on the stack`);
  }
  const shapes = shapesOf(binary, found);
  if (typeof shapes === "string") return refuse(shapes);
  const placement = placed(binary, found.table, shapes);
  if (placement.kind === "refused") return refuse(placement.reason);
  const hooks = placement.functions.map(({ name, offset, returns }): HookPoint => (
    { name, function: kinds[name] as number, offset, when: "both", returns }
  ));
  evidence.push(describeBase(found.table, placement.base), ...hooks.map(describeHook));
  return { stacks: [{ library: LIBRARY, method: "Go tables", hooks, evidence }], refusals: [] };
};

function onStack(
  { layout }: Pclntab,
  { binary, version }: { binary: Binary; version: string | null },
): boolean {
  if (layout === "1.2") return true;
  if (layout !== "1.16") return false;
  // Go 1.16 and 1.17 share a layout; where nothing names the release, the code must show the goroutine in R14.
  return binary.elf.machine === "aarch64" || (version !== null && release(version) < 17);
}

function older({ elf }: Binary): string {
  return elf.machine === "aarch64" ? "1.17" : "1.16";
}

interface NamedTable {
  readonly table: Pclntab;
  readonly positions: ReadonlyMap<string, readonly number[]>;
}

/** Both functions with their stack deltas, or why one cannot be had. */
function shapesOf({ source }: Binary, { table, positions }: NamedTable): Shape[] | string {
  const names = new Map<number, string>();
  for (const [name, [position, second]] of positions) {
    if (position === undefined) return `its function table does not name ${name}`;
    if (second !== undefined) return `its function table names ${name} twice`;
    names.set(position, name);
  }
  const functions = functionsNamed(source, table, names);
  const shapes: Shape[] = [];
  for (const name of names.values()) {
    const [fn, second] = functions.filter((one) => one.name === name);
    if (!fn) return `it names ${name} and has no such function`;
    if (second) return `it has several functions ${name}`;
    const ranges = stackDeltas(source, table, fn);
    if (!ranges) return `the stack deltas of ${name} are damaged`;
    shapes.push({ ...fn, ranges });
  }
  return shapes;
}

function stackDeltas(source: ByteSource, { pcTables, quantum }: Pclntab, { pcsp, size }: GoFunction) {
  const length = Math.min(MAX_DELTA_TABLE_BYTES, pcTables.size - pcsp);
  if (size > MAX_FUNCTION_BYTES || length <= 0) return null;
  return readStackDeltas(source.read(pcTables.offset + pcsp, length), { quantum, size });
}

function placed({ elf, source }: Binary, table: Pclntab, shapes: readonly Shape[]): Placement {
  if (table.textStart !== null) return placeAt({ elf, source, shapes }, table.textStart);
  const size = codeSize(source, table);
  return size === null
    ? { kind: "refused", reason: "its function table ends early" }
    : placeAnywhere({ elf, source, shapes }, size);
}

function describeVersion(version: string | null): string {
  return version === null
    ? "The build information names no Go release."
    : `The build information names ${version}.`;
}

function describeTable({ table, by }: FoundTable): string {
  return `The function table is at ${
    hex(table.offset)
  }, found by ${by}, in the layout of Go ${table.layout}, ` +
    `with ${table.functions} functions.`;
}

function describeBase({ layout, textStart }: Pclntab, base: number): string {
  if (layout === "1.16") return "The table gives functions by their addresses.";
  return textStart === null
    ? `The code starts at address ${hex(base)}, the only one where table and code agree.`
    : `The code starts at address ${hex(base)}, as the table says.`;
}

function describeHook({ name, offset, returns = [] }: HookPoint): string {
  return `${name} is at ${hex(offset)} and returns at ${returns.map(hex).join(", ")}: ` +
    "the stack deltas end there and the code has a return instruction.";
}
