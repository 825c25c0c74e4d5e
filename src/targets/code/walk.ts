/**
 * Walks the machine code of one function from its entry along every path, with the constants that registers hold on
 * it and the height of its stack. A part that was split away is walked because it is jumped to; jump tables are not.
 */
import { hex } from "../hex.ts";
import type { Entries } from "./entries.ts";
import type { Image } from "./image.ts";
import type { Instruction, Machine } from "./instruction.ts";
import { apply, callAtHeight, forget, moveStack, type Path, type Registers, stateOf } from "./path.ts";

/** A function that reports errors about TLS records has some hundred instructions. */
const MAX_STEPS = 20_000;
/** States in which one address is walked; what is known there beyond that is not. */
const MAX_VISITS = 24;
const MAX_SITES = 2000;
/** Calls of abort and the like in one function. */
const MAX_FINAL_CALLS = 16;
/** Codes, line numbers; greater ones matter only when they are the address of a string. */
const MAX_NUMBER = 0xffff;
const MINUS_ONE = 0xffffffff;
/** No C function takes more on the stack. */
const MAX_ARGUMENT_BYTES = 256;

export interface CallSite {
  readonly at: number;
  /** Undefined when through a register or memory. */
  readonly target: number | undefined;
  /** What each register holds there, by its number: a constant, an {@link argument}, or undefined. */
  readonly registers: readonly (number | undefined)[];
  /** It is a jump, to never come back. */
  readonly tail: boolean;
}

export interface Walk {
  readonly entry: number;
  /** Every instruction's address, to its length. */
  readonly instructions: ReadonlyMap<number, number>;
  /** One for each way to reach a call with other constants. */
  readonly sites: readonly CallSite[];
  /** Writes memory other than its stack. */
  readonly stores: boolean;
  /** Eight-byte arguments on the stack, up to the last one it touches. */
  readonly stackArguments: number;
  /** Returns -1 on some path. */
  readonly givesMinusOne: boolean;
  /** What it took to find this out, in instructions. */
  readonly steps: number;
  /** Why this is no function that we can follow, or does not begin here; null when it is one. */
  readonly fault: string | null;
}

/** Stands for what the function was given as its nth argument, counted from 0. */
export const argument = (n: number): number => -1 - n;

export interface Surroundings {
  readonly image: Image;
  readonly machine: Machine;
  readonly entries: Entries;
  /** Addresses whose place in registers matters: of strings, and those that code adds something to to get them. */
  readonly matters: (address: number) => boolean;
}

/**
 * Behind a call that does not return may lie another function, without a gap. It shows when that one returns: the
 * stack is then as high as at the call, which is too low for a return. The walk then begins again without that way.
 */
export function walk(around: Surroundings, entry: number): Walk {
  const final = new Set<number>();
  let steps = 0;
  for (let i = 0; i < MAX_FINAL_CALLS; i++) {
    const walker = new Walker(around, { entry, final });
    const walked = walker.run();
    steps += walked.steps;
    if (walker.finalCall === null) return { ...walked, steps };
    final.add(walker.finalCall);
  }
  const walked = new Walker(around, { entry, final }).run();
  return { ...walked, steps: steps + walked.steps };
}

class Walker {
  readonly #around: Surroundings;
  readonly #entry: number;
  readonly #instructions = new Map<number, number>();
  readonly #sites: CallSite[] = [];
  readonly #visited = new Map<number, Set<string>>();
  readonly #waiting: Path[] = [];
  #stores = false;
  #givesMinusOne = false;
  #argumentBytes = 0;
  #steps = 0;
  #fault: string | null = null;
  readonly #final: ReadonlySet<number>;
  /** A call that was found not to return. */
  finalCall: number | null = null;

  constructor(around: Surroundings, { entry, final }: { entry: number; final: ReadonlySet<number> }) {
    this.#around = around;
    this.#entry = entry;
    this.#final = final;
  }

  run(): Walk {
    const registers: Registers = new Array(this.#around.machine.registers).fill(undefined);
    this.#around.machine.argumentRegisters.forEach((register, n) => registers[register] = argument(n));
    this.#follow({ address: this.#entry, registers, height: 0, frame: NaN, calls: null });
    for (let path = this.#waiting.pop(); path && this.#fault === null; path = this.#waiting.pop()) {
      this.#walk(path);
    }
    return {
      entry: this.#entry,
      instructions: this.#instructions,
      sites: this.#sites,
      stores: this.#stores,
      givesMinusOne: this.#givesMinusOne,
      stackArguments: Math.ceil(this.#argumentBytes / 8),
      steps: this.#steps,
      fault: this.#fault,
    };
  }

  /** Walks on there later, unless it was there in the same state. */
  #follow(path: Path): void {
    const states = this.#visited.get(path.address) ?? new Set();
    const state = stateOf(path);
    if (states.has(state) || states.size >= MAX_VISITS) return;
    this.#visited.set(path.address, states.add(state));
    this.#waiting.push(path);
  }

  /** To the next place where paths part or meet. */
  #walk(path: Path): void {
    const { image, machine, entries } = this.#around;
    const memory = { pushed: [], known: (value: number) => this.#known(value) };
    while (++this.#steps <= MAX_STEPS) {
      const { address } = path;
      const instruction = machine.decode(image.at(address, machine.longest), address);
      if (instruction === null) return this.#refuse(`no instruction at ${hex(address)}`);
      this.#instructions.set(address, instruction.length);
      this.#stores ||= instruction.stores === true;
      this.#operand(instruction, path);
      moveStack(path, instruction, machine);
      if (instruction.returns && path.height !== 0 && !Number.isNaN(path.height)) {
        this.finalCall = callAtHeight(path.calls, path.height)?.at ?? null;
        return this.#refuse(`its stack is not balanced at ${hex(address)}`);
      }
      if (instruction.returns) this.#givesMinusOne ||= path.registers[machine.resultRegister] === MINUS_ONE;
      const { flow, target } = instruction;
      const next = address + instruction.length;
      if (flow === "end") return;
      if (flow === "jump") {
        if (target === undefined || this.#leaves(target, path)) {
          return this.#site(address, target, { path, tail: true });
        }
        return this.#follow({ ...path, address: target });
      }
      path.address = next;
      if (flow === "branch") {
        if (this.#leaves(target!, path)) this.#site(address, target, { path, tail: true });
        else this.#follow({ ...path, address: target!, registers: [...path.registers] });
        return this.#follow(path);
      }
      if (flow === "call") {
        this.#site(address, target, { path, tail: false });
        if (this.#final.has(address) || entries.called(next)) return;
        path.calls = { at: address, height: path.height, before: path.calls };
        forget(path.registers, machine.callClobbers);
      } else {
        const other = apply(instruction.effect, path.registers, memory);
        if (other) this.#follow({ ...path, registers: other });
      }
      // Behind a call that does not return lies another function.
      if (entries.ends(next)) return;
      if (this.#visited.has(next)) return this.#follow(path);
    }
    this.#refuse("it is too long");
  }

  /** Whether a jump goes to another function, which it does when the stack is as at the entry. */
  #leaves(target: number, { height }: Path): boolean {
    const { image, entries } = this.#around;
    return !image.executable(target) || (target !== this.#entry && height === 0 && entries.has(target));
  }

  #site(at: number, target: number | undefined, { path, tail }: { path: Path; tail: boolean }): void {
    if (this.#sites.length >= MAX_SITES) return this.#refuse("it has too many calls");
    this.#sites.push({ at, target, registers: [...path.registers], tail });
  }

  #operand({ operand }: Instruction, { height, frame }: Path): void {
    if (!operand) return;
    const place = operand.displacement + (operand.base === "stack" ? height : frame) -
      this.#around.machine.returnAddressBytes;
    if (place >= 0 && place < MAX_ARGUMENT_BYTES) {
      this.#argumentBytes = Math.max(this.#argumentBytes, place + operand.bytes);
    }
  }

  /** A constant that may be an argument of an error report. */
  #known(value: number): number | undefined {
    return (value >= 0 && value <= MAX_NUMBER) || value === MINUS_ONE || this.#around.matters(value)
      ? value
      : undefined;
  }

  #refuse(fault: string): void {
    this.#fault ??= fault;
  }
}
