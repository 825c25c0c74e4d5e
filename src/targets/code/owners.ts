/** Finds the function that a piece of code belongs to, also when the compiler has moved the piece far away from it. */
import type { CodeMap } from "./code_scan.ts";
import { type Surroundings, type Walk, walk } from "./walk.ts";

/** No function that reports errors is longer, nor has more entries looking like one behind its own. */
const MAX_FUNCTION_BYTES = 64 << 10;
const MAX_CANDIDATES = 40;
/** Error paths moved away are short; several lie together. */
const MAX_PART_BYTES = 2 << 10;
const MAX_JUMPS = 200;

export class Owners {
  readonly #surroundings: Surroundings;
  readonly #code: CodeMap;
  readonly #walks = new Map<number, Walk>();

  constructor(surroundings: Surroundings, code: CodeMap) {
    this.#surroundings = surroundings;
    this.#code = code;
  }

  walk(entry: number): Walk {
    const known = this.#walks.get(entry);
    if (known) return known;
    const made = walk(this.#surroundings, entry);
    this.#walks.set(entry, made);
    return made;
  }

  /** The function whose paths lead to the instruction; null when none can be told, or more than one. */
  of(address: number): Walk | null {
    return this.#near(address) ?? this.#far(address);
  }

  #near(address: number): Walk | null {
    let tried = 0;
    for (const entry of this.#surroundings.entries.down(address, MAX_FUNCTION_BYTES)) {
      if (++tried > MAX_CANDIDATES) break;
      const walked = this.walk(entry);
      if (walked.fault === null && reaches(walked, address)) return walked;
    }
    return null;
  }

  #far(address: number): Walk | null {
    const owners = new Set<Walk>();
    const jumps = this.#code.jumps.to({ low: address - MAX_PART_BYTES, high: address });
    for (const { from } of jumps.slice(0, MAX_JUMPS)) {
      const owner = this.#near(from);
      if (owner && reaches(owner, address)) owners.add(owner);
    }
    return owners.size === 1 ? [...owners][0]! : null;
  }
}

/** A reference is known by its opcode's address, which may be behind a prefix of the instruction. */
function reaches({ instructions }: Walk, address: number): boolean {
  return instructions.has(address) || (instructions.get(address - 1) ?? 0) > 1;
}
