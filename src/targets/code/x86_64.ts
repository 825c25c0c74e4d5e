/** Decodes x86-64 as far as a walk needs it: lengths of all instructions, flow, and constants in registers. */
import type { Reference } from "./address_set.ts";
import { type Instruction, type Machine, nothing } from "./instruction.ts";
import { effect, stackChange, stackOperand, stores } from "./x86_64_effects.ts";
import { RAX, RBP, RCX, RDI, RDX, RSI, signed, split } from "./x86_64_encoding.ts";

export const x86_64: Machine = {
  decode,
  registers: 16,
  framePointer: RBP,
  resultRegister: RAX,
  returnAddressBytes: 8,
  argumentRegisters: [RDI, RSI, RDX, RCX, 8, 9],
  callClobbers: 1 << RAX | 1 << RCX | 1 << RDX | 1 << RSI | 1 << RDI | 0xf00,
  longest: 15,
  separated,
  callsIn,
};

function decode(bytes: Uint8Array, address: number): Instruction | null {
  const parts = split(bytes, address);
  if (parts === null) return null;
  const { opcode, length, immediate } = parts;
  const next = address + length;
  const relative = { length, target: next + immediate, effect: nothing } as const;
  if (opcode === 0xe8) return { ...relative, flow: "call" };
  if (opcode === 0xe9 || opcode === 0xeb) return { ...relative, flow: "jump" };
  if ((opcode & 0xf0) === 0x70 && opcode < 0x100 || (opcode & ~0xf) === 0x0f80 || (opcode & ~3) === 0xe0) {
    return { ...relative, flow: "branch" };
  }
  if (opcode === 0xc3 || opcode === 0xc2) return { length, flow: "end", effect: nothing, returns: true };
  if ([0xcb, 0xca, 0xcc, 0xcf, 0xf4, 0x0f0b, 0x0fb9, 0x0fff].includes(opcode)) {
    return { length, flow: "end", effect: nothing };
  }
  if (opcode === 0xff) {
    if (parts.reg % 8 === 4 || parts.reg % 8 === 5) return { length, flow: "jump", effect: nothing };
    if (parts.reg % 8 === 2 || parts.reg % 8 === 3) return { length, flow: "call", effect: nothing };
  }
  const stack = stackChange(parts);
  const operand = stackOperand(parts);
  return {
    length,
    flow: "next",
    effect: effect(parts),
    stores: stores(parts),
    ...(stack && { stack }),
    ...(operand && { operand }),
  };
}

/** Padding is int3 or long nops; else the code before ends in a return, a trap, a jump or a call, maybe of abort. */
function separated(before: Uint8Array, address: number): boolean {
  const last = before.length;
  if (before[last - 1] === 0xcc || before[last - 1] === 0xc3) return true;
  if (before[last - 2] === 0x0f && before[last - 1] === 0x0b) return true;
  for (let size = 1; size <= last; size++) {
    if (onlyNops(before.subarray(last - size), address - size)) return true;
  }
  return [2, 3, 5, 6].some((size) => {
    const end = size <= last ? decode(before.subarray(last - size), address - size) : null;
    return end?.length === size && (end.flow === "jump" || end.flow === "end" || end.flow === "call");
  });
}

function onlyNops(bytes: Uint8Array, address: number): boolean {
  for (let at = 0; at < bytes.length;) {
    const parts = split(bytes.subarray(at), address + at);
    if (parts === null || (parts.opcode !== 0x90 && parts.opcode !== 0x0f1f)) return false;
    at += parts.length;
  }
  return true;
}

function callsIn(bytes: Uint8Array, address: number): Reference[] {
  const found: Reference[] = [];
  for (let i = 0; i + 5 <= bytes.length; i++) {
    const size = bytes[i] === 0xeb ? 1 : bytes[i] === 0xe8 || bytes[i] === 0xe9 ? 4 : 0;
    if (size === 0) continue;
    found.push({ from: address + i, to: address + i + 1 + size + signed(bytes, { at: i + 1, size }) });
  }
  return found;
}
