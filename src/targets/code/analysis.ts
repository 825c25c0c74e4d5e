/** What the finders ask: the functions that refer to a string, and what they pass along with it. */
import type { Binary } from "../target.ts";
import { aarch64 } from "./aarch64.ts";
import type { AddressRange } from "./address_set.ts";
import { type CodeMap, scanCode } from "./code_scan.ts";
import { type Constant, findConstants } from "./constants.ts";
import { Entries } from "./entries.ts";
import { Image } from "./image.ts";
import type { Machine } from "./instruction.ts";
import { Owners, reaches } from "./owners.ts";
import { readUnwindTable } from "./unwind_table.ts";
import type { CallSite, Walk } from "./walk.ts";
import { x86_64 } from "./x86_64.ts";

/** A path before a file's name. */
const MAX_PATH_BYTES = 300;

/** arm64 adds less than this at once to the address of a page, and to what that gives. */
const ANCHOR_BYTES = 4096;
const anchors = [0, ANCHOR_BYTES, 2 * ANCHOR_BYTES];
const BLOCK_BYTES = 2 << 10;

/** A string of the binary that code refers to. */
export interface NamedString {
  /** What was looked for. */
  readonly name: string;
  /** All of the string, from where code refers to it. */
  readonly text: string;
  readonly address: number;
  /** Code addresses of the references. */
  readonly references: readonly number[];
}

/** A call that is passed a string. */
export interface Report {
  readonly function: Walk;
  readonly site: CallSite;
  /** What its C arguments are, the first first. */
  readonly arguments: readonly (number | undefined)[];
}

export class Analysis {
  readonly strings: readonly NamedString[];
  readonly #owners: Owners;
  readonly #code: CodeMap;
  readonly #machine: Machine;
  readonly #image: Image;
  readonly #elf: Binary["elf"];
  readonly entries: Entries;

  private constructor(
    binary: Binary,
    known: { code: CodeMap; constants: readonly Constant[]; image: Image },
  ) {
    this.#elf = binary.elf;
    this.#image = known.image;
    this.#code = known.code;
    this.#machine = machineOf(binary);
    this.strings = known.constants.flatMap((constant) => namedStrings(constant, known));
    const { image } = known;
    const unwind = readUnwindTable(binary, image);
    this.entries = new Entries({ image, machine: this.#machine, calls: known.code.calls, unwind });
    const blocks = new Set(
      this.strings.flatMap(({ address }) =>
        anchors.map((distance) => Math.floor((address - distance) / ANCHOR_BYTES))
      ),
    );
    const matters = (address: number) => blocks.has(Math.floor(address / ANCHOR_BYTES));
    this.#owners = new Owners({ image, machine: this.#machine, entries: this.entries, matters }, known.code);
  }

  /** Null when none of the strings is there; a clause when the file cannot be looked through. */
  static of(binary: Binary, names: readonly string[]): Analysis | null | string {
    const constants = findConstants(binary, names);
    if (constants === null) {
      return "too many strings of a TLS library, or constants not laid out as a program's are";
    }
    if (constants.length === 0) return null;
    const wanted = constants.map(({ address, text }): AddressRange => ({
      low: address - (text.includes("/") ? MAX_PATH_BYTES : 0),
      high: address,
    }));
    const code = scanCode(binary, wanted);
    return typeof code === "string"
      ? code
      : new Analysis(binary, { code, constants, image: new Image(binary) });
  }

  /**
   * The functions that refer to a string; `unknown` are references whose function cannot be told. A function that also
   * leads to a reference of another one's is not among them: the other has begun unnoticed, or shares its code.
   */
  functions({ references }: NamedString): { readonly walks: ReadonlySet<Walk>; readonly unknown: number } {
    const owners = references.map((reference) => this.#owners.of(reference));
    const walks = new Set(owners.filter((owner) => owner !== null && !this.#strays(owner)));
    return {
      walks: walks as Set<Walk>,
      unknown: owners.filter((owner) => owner === null || !walks.has(owner)).length,
    };
  }

  /** The code was more than could be looked through: what was found is not all there is. */
  get exhausted(): boolean {
    return this.#owners.exhausted;
  }

  #strays(walked: Walk): boolean {
    return this.strings.some(({ references }) =>
      references.some((reference) => reaches(walked, reference) && this.#owners.of(reference) !== walked)
    );
  }

  /** The calls in a function that are passed one of the strings. */
  reports(walked: Walk, addresses: ReadonlySet<number>): Report[] {
    const reports: Report[] = [];
    for (const site of walked.sites) {
      const given = this.arguments(site);
      if (given.some((value) => value !== undefined && addresses.has(value))) {
        reports.push({ function: walked, site, arguments: given });
      }
    }
    return reports;
  }

  arguments({ registers }: CallSite): readonly (number | undefined)[] {
    return this.#machine.argumentRegisters.map((register) => registers[register]);
  }

  /** Functions with a direct call or jump to an address, no further from it than that many bytes. */
  callersNear(target: number, bytes: number): Walk[] {
    const callers = new Set<Walk>();
    for (const { vaddr, size, executable } of this.#elf.segments) {
      const high = executable ? Math.min(vaddr + size, target + bytes) : 0;
      for (let at = Math.max(vaddr, target - bytes); at < high; at += BLOCK_BYTES) {
        const block = this.#image.at(at, BLOCK_BYTES + this.#machine.longest);
        for (const { from, to } of this.#machine.callsIn(block, at)) {
          const owner = to === target ? this.#owners.of(from) : null;
          if (owner !== null) callers.add(owner);
        }
      }
    }
    return [...callers];
  }

  /** Arguments beyond the registers' are on the stack. */
  get registerArguments(): number {
    return this.#machine.argumentRegisters.length;
  }

  fileOffset(address: number): number {
    return this.#elf.toFileOffset(address) ?? 0;
  }
}

function machineOf({ elf }: Binary): Machine {
  return elf.machine === "x86_64" ? x86_64 : aarch64;
}

/** A path may begin anywhere before the file's name: where it begins is where code refers to. */
function namedStrings(
  { text: name, address: end }: Constant,
  { code, image }: { code: CodeMap; image: Image },
) {
  const found: NamedString[] = [];
  const reach = name.includes("/") ? MAX_PATH_BYTES : 0;
  const near = code.references.filter(({ to }) => to <= end && to >= end - reach);
  for (const [address, references] of Map.groupBy(near, ({ to }) => to)) {
    const text = new TextDecoder("latin1").decode(image.at(address, end - address + name.length));
    if (/^[\x20-\x7e]*$/.test(text)) {
      found.push({ name, text, address, references: references.map(({ from }) => from) });
    }
  }
  return found;
}
