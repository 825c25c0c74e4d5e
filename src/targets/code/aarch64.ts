/** Decodes arm64 as far as a walk needs it: flow, constants in registers, the stack pointer. */
import type { Reference } from "./address_set.ts";
import { FRAME, loadOrStore, mask, R31 } from "./aarch64_memory.ts";
import { type Instruction, type Machine, nothing, type StackChange } from "./instruction.ts";

export const aarch64: Machine = {
  decode,
  registers: 31,
  framePointer: FRAME,
  resultRegister: 0,
  returnAddressBytes: 0,
  argumentRegisters: [0, 1, 2, 3, 4, 5, 6, 7],
  callClobbers: 0x4007ffff,
  longest: 4,
  separated,
  callsIn,
};

function decode(bytes: Uint8Array, address: number): Instruction | null {
  if (bytes.length < 4) return null;
  const word = wordAt(bytes, 0);
  const flow = flowOf(word, address);
  if (flow !== null) return flow;
  // The first quarter of the space is not allocated, but for udf and SVE.
  if ((word & 0x1e000000) === 0) return null;
  if ((word & 0x0a000000) === 0x08000000) return loadOrStore(word);
  return { length: 4, flow: "next", ...compute(word, address) };
}

/** Branches, returns and traps; null for what just goes on. */
function flowOf(word: number, address: number): Instruction | null {
  const end = { length: 4, flow: "end", effect: nothing } as const;
  const to = (flow: "call" | "jump" | "branch", distance: number) =>
    ({ length: 4, flow, target: address + distance, effect: nothing }) as const;
  if ((word & 0x7c000000) === 0x14000000) return to(word < 0 ? "call" : "jump", (word << 6) >> 4);
  if ((word & 0xff000000) >> 24 === 0x54) return to("branch", (word << 8 >> 13) * 4);
  if ((word & 0x7e000000) === 0x34000000) return to("branch", (word << 8 >> 13) * 4);
  if ((word & 0x7e000000) === 0x36000000) return to("branch", (word << 13 >> 18) * 4);
  // br, blr and ret, also with pointer authentication
  const kind = (word >>> 21) & 7;
  if ((word & 0xfe000000) >>> 0 === 0xd6000000) {
    if ((kind & 3) === 0) return { length: 4, flow: "jump", effect: nothing };
    if ((kind & 3) === 1) return { length: 4, flow: "call", effect: nothing };
    return { ...end, returns: (kind & 3) === 2 };
  }
  // udf; brk and hlt
  if (
    word >>> 16 === 0 || (word & 0xffe0001f) >>> 0 === 0xd4200000 || (word & 0xffe0001f) >>> 0 === 0xd4400000
  ) return end;
  return null;
}

type Computed = Pick<Instruction, "effect" | "stack">;

function compute(word: number, address: number): Computed {
  const rd = word & 31;
  if ((word & 0x1f000000) === 0x10000000) {
    const distance = (word << 8 >> 13) * 4 + (word >>> 29 & 3);
    const page = word < 0;
    return set(rd, page ? address - address % 4096 + distance * 4096 : address + distance);
  }
  if ((word & 0x1f800000) === 0x11000000) return addImmediate(word);
  if ((word & 0x1f800000) === 0x12800000) return moveWide(word);
  // mov rd, rm
  if ((word & 0x7fe0ffe0) === 0x2a0003e0) {
    const rm = word >>> 16 & 31;
    return rm === R31 ? set(rd, 0) : copy(rd, rm, 0);
  }
  // csel
  if ((word & 0x7fe00c00) === 0x1a800000) {
    const [first, second] = [word >>> 5 & 31, word >>> 16 & 31];
    if (rd < R31 && first < R31 && second < R31) {
      return { effect: { kind: "either", register: rd, first, second } };
    }
    return clobber(rd);
  }
  if ((word & 0x0e000000) === 0x0e000000) return clobber(vectorToGeneral(word) ? rd : R31);
  if ((word & 0xff000000) >>> 0 === 0xd5000000) return clobber(word >>> 20 === 0xd53 ? rd : R31);
  if ((word & 0xff000000) >>> 0 === 0xd4000000) return clobber(0);
  // Logical with an immediate, and add or subtract of an extended register, may write the stack pointer.
  const toStack = rd === R31 && ((word & 0x7f800000) === 0x12000000 || (word & 0x3fe00000) === 0x0b200000 ||
    (word & 0x7f800000) === 0x32000000);
  return toStack ? { effect: nothing, stack: { kind: "lost" } } : clobber(rd);
}

/** add and sub with an immediate, the two that set flags as well. */
function addImmediate(word: number): Computed {
  const [rd, rn] = [word & 31, word >>> 5 & 31];
  const size = (word >>> 10 & 0xfff) * (word & 0x400000 ? 4096 : 1);
  const value = word & 0x40000000 ? -size : size;
  if (word & 0x20000000) return clobber(rd);
  if (rd === R31) {
    const stack: StackChange = rn === R31
      ? { kind: "move", bytes: value }
      : rn === FRAME
      ? { kind: "restore", bytes: value }
      : { kind: "lost" };
    return { effect: nothing, stack };
  }
  if (rn !== R31) return copy(rd, rn, value);
  const stack: StackChange | undefined = rd === FRAME ? { kind: "save", bytes: value } : undefined;
  return { ...clobber(rd), ...(stack && { stack }) };
}

/** movn, movz and movk of 16 bits. */
function moveWide(word: number): Computed {
  const rd = word & 31;
  const kind = word >>> 29 & 3;
  const value = (word >>> 5 & 0xffff) * 2 ** (16 * (word >>> 21 & 3));
  if (kind === 2) return set(rd, value);
  // The only negative number that matters is -1, as an int.
  if (kind === 0 && value === 0) return set(rd, 0xffffffff);
  return clobber(rd);
}

const set = (register: number, value: number): Computed => ({
  effect: register === R31 ? nothing : { kind: "set", register, value },
});
const copy = (register: number, from: number, value: number): Computed => ({
  effect: register === R31 ? nothing : { kind: "add", register, from, value },
});
const clobber = (register: number): Computed => ({ effect: mask(register) });

/** Conversions, moves and element reads, whose target is a general register. */
function vectorToGeneral(word: number): boolean {
  return (word & 0x7f20fc00) === 0x1e200000 || (word & 0x9fe08400) === 0x0e000400;
}

function separated(before: Uint8Array, address: number): boolean {
  if (address % 4 !== 0 || before.length < 4) return false;
  const word = wordAt(before, before.length - 4);
  const flow = flowOf(word, 0)?.flow;
  return flow === "end" || flow === "jump" || flow === "call" || word >>> 0 === 0xd503201f;
}

function callsIn(bytes: Uint8Array, address: number): Reference[] {
  const found: Reference[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const word = wordAt(bytes, at);
    if ((word & 0x7c000000) === 0x14000000) {
      found.push({ from: address + at, to: address + at + ((word << 6) >> 4) });
    }
  }
  return found;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24;
}
