/** What arm64's loads and stores do to registers and stack, as far as a walk needs it. */
import { type Effect, type Instruction, nothing } from "./instruction.ts";

export const FRAME = 29;
/** The stack pointer, or zero, by instruction. */
export const R31 = 31;

/** Registers that get values nobody knows. */
export function mask(...registers: readonly number[]): Effect {
  const bits = registers.reduce((sum, register) => register === R31 ? sum : sum | 1 << register, 0);
  return bits === 0 ? nothing : { kind: "clobber", mask: bits };
}

/** Where the base register is changed, and by how much. */
interface Access {
  readonly displacement: number;
  /** Added to the base register. */
  readonly writeBack: number;
  readonly bytes: number;
  readonly load: boolean;
  readonly registers: readonly number[];
}

export function loadOrStore(word: number): Instruction {
  const base = word >>> 5 & 31;
  const access = pair(word) ?? single(word) ?? other(word);
  const { displacement, writeBack, bytes, load, registers } = access;
  const vector = (word & 0x04000000) !== 0;
  const written = load && !vector ? registers : [];
  const literal = (word & 0x3b000000) === 0x18000000;
  const onStack = base === R31 || base === FRAME;
  return {
    length: 4,
    flow: "next",
    effect: mask(...written, ...(writeBack !== 0 ? [base] : [])),
    stores: !load && !onStack,
    ...(base === R31 && writeBack !== 0 && { stack: { kind: "move", bytes: writeBack } }),
    ...(onStack && !literal && access !== unknownAccess && {
      operand: { base: base === R31 ? "stack" : "frame", displacement, bytes },
    }),
  };
}

/** ldp, stp */
function pair(word: number): Access | null {
  if ((word & 0x3a000000) !== 0x28000000) return null;
  const vector = (word & 0x04000000) !== 0;
  const size = vector ? 4 << (word >>> 30) : word < 0 ? 8 : 4;
  const offset = (word << 10 >> 25) * size;
  const mode = word >>> 23 & 3;
  return {
    displacement: mode === 1 ? 0 : offset,
    writeBack: mode === 1 || mode === 3 ? offset : 0,
    bytes: 2 * size,
    load: (word & 0x00400000) !== 0,
    registers: [word & 31, word >>> 10 & 31],
  };
}

/** ldr, str and their like with an immediate offset */
function single(word: number): Access | null {
  const unsigned = (word & 0x3b000000) === 0x39000000;
  if (!unsigned && (word & 0x3b200000) !== 0x38000000) return null;
  const vector = (word & 0x04000000) !== 0;
  const operation = word >>> 22 & 3;
  const size = vector && operation >= 2 ? 16 : 1 << (word >>> 30);
  const mode = unsigned ? 0 : word >>> 10 & 3;
  const offset = unsigned ? (word >>> 10 & 0xfff) * size : word << 11 >> 23;
  return {
    displacement: mode === 1 ? 0 : offset,
    writeBack: mode === 1 || mode === 3 ? offset : 0,
    bytes: size,
    load: vector ? (operation & 1) === 1 : operation !== 0,
    registers: [word & 31],
  };
}

const unknownAccess: Access = { displacement: 0, writeBack: 0, bytes: 0, load: true, registers: [] };

/** Atomics, exclusives, register offsets, literals: any register that they name may be written. */
function other(word: number): Access {
  const store = (word & 0x3b200c00) === 0x38200800 && (word >>> 22 & 3) === 0;
  if (store) return { ...unknownAccess, load: false };
  return { ...unknownAccess, registers: [word & 31, word >>> 16 & 31, word >>> 10 & 31] };
}
