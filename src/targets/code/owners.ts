/** Finds the function that a piece of code belongs to, also when the compiler has moved the piece far away from it. */
import type { CodeMap } from "./code_scan.ts";
import { type Surroundings, type Walk, walk } from "./walk.ts";

/** No function that reports errors is longer, nor has more entries looking like one behind its own. */
const MAX_FUNCTION_BYTES = 64 << 10;
const MAX_CANDIDATES = 40;
/** Error paths moved away are short; several lie together. */
const MAX_PART_BYTES = 2 << 10;
const MAX_JUMPS = 200;
/** Instructions walked in all; no agent looked at took more than 60,000. */
const MAX_STEPS = 2_000_000;

export class Owners {
  readonly #surroundings: Surroundings;
  readonly #code: CodeMap;
  readonly #walks = new Map<number, Walk>();
  #steps = 0;
  readonly #known = new Map<number, Walk | null>();

  constructor(surroundings: Surroundings, code: CodeMap) {
    this.#surroundings = surroundings;
    this.#code = code;
  }

  /** There is more code to look through than a TLS library has; what is asked from now on is not answered. */
  get exhausted(): boolean {
    return this.#steps > MAX_STEPS;
  }

  #walk(entry: number): Walk | null {
    const known = this.#walks.get(entry);
    if (known) return known;
    if (this.exhausted) return null;
    const made = walk(this.#surroundings, entry);
    this.#steps += made.steps;
    this.#walks.set(entry, made);
    return made;
  }

  /** The function whose paths lead to the instruction; null when none can be told, or more than one. */
  of(address: number): Walk | null {
    let owner = this.#known.get(address);
    if (owner === undefined) {
      owner = this.#near(address) ?? this.#far(address);
      this.#known.set(address, owner);
    }
    return owner;
  }

  #near(address: number): Walk | null {
    let tried = 0;
    for (const entry of this.#surroundings.entries.down(address, MAX_FUNCTION_BYTES)) {
      if (++tried > MAX_CANDIDATES) break;
      const walked = this.#walk(entry);
      if (walked === null) break;
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
export function reaches({ instructions }: Walk, address: number): boolean {
  return instructions.has(address) || (instructions.get(address - 1) ?? 0) > 1;
}
