/** Decodes x86-64 as far as a walk needs it: lengths of all instructions, flow, and constants in registers. */
import type { Reference } from "./address_set.ts";
import {
  type Effect,
  type Instruction,
  type Machine,
  nothing,
  type StackChange,
  type StackOperand,
} from "./instruction.ts";

const RAX = 0, RCX = 1, RDX = 2, RSP = 4, RBP = 5, RSI = 6, RDI = 7;

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

/** Layout of what follows an opcode, one character each; the key is in {@link tail}. */
type Shape = string;
const oneByte: Shape = [
  "mmmmbzxxmmmmbzxx", // 00: x6, x7 and xe are gone in 64-bit mode; 0f is handled before
  "mmmmbzxxmmmmbzxx",
  "mmmmbzxxmmmmbzxx",
  "mmmmbzxxmmmmbzxx",
  "xxxxxxxxxxxxxxxx", // 40: REX, handled before
  "0000000000000000",
  "xxxmxxxxzZbB0000",
  "bbbbbbbbbbbbbbbb",
  "BZxBmmmmmmmmmmmm",
  "0000000000x00000",
  "aaaa0000bz000000",
  "bbbbbbbbvvvvvvvv",
  "BBw0xxBZe0w00bx0",
  "mmmmxxx0mmmmmmmm",
  "bbbbbbbbddxb0000",
  "x0xx00FG000000mm",
].join("");
const twoByte: Shape = [
  "mmmmx00000x0xm0x", // 00
  "mmmmmmmmmmmmmmmm",
  "mmmmxxxxmmmmmmmm",
  "00000000xxxxxxxx", // 38 and 3a are handled before
  "mmmmmmmmmmmmmmmm",
  "mmmmmmmmmmmmmmmm",
  "mmmmmmmmmmmmmmmm",
  "BBBBmmm0mmmmmmmm",
  "dddddddddddddddd",
  "mmmmmmmmmmmmmmmm",
  "000mBmxx000mBmmm",
  "mmmmmmmmmmBmmmmm",
  "mmBmBBBm00000000",
  "mmmmmmmmmmmmmmmm",
  "mmmmmmmmmmmmmmmm",
  "mmmmmmmmmmmmmmmm",
].join("");

/** Bytes of the immediate by shape; `m`, `B`, `Z`, `F`, `G` come with a ModRM byte. */
function immediateBytes(shape: string, wide: boolean, short: boolean, extension: number): number {
  switch (shape) {
    case "b":
    case "B":
      return 1;
    case "w":
      return 2;
    case "e":
      return 3;
    case "z":
    case "Z":
      return short ? 2 : 4;
    case "d":
      return 4;
    case "v":
      return wide ? 8 : short ? 2 : 4;
    case "a":
      return 8;
    case "F":
      return extension < 2 ? 1 : 0;
    case "G":
      return extension < 2 ? (short ? 2 : 4) : 0;
    default:
      return 0;
  }
}

interface Parts {
  readonly bytes: Uint8Array;
  readonly address: number;
  readonly length: number;
  /** Opcode; 0x0f00 and up for the second map, 0x3800 and 0x3a00 for the third ones, -1 for vector encodings. */
  readonly opcode: number;
  readonly wide: boolean;
  /** The operand is 16 bits wide (prefix 66). */
  readonly short: boolean;
  readonly repeat: boolean;
  readonly rexB: number;
  readonly mod: number;
  readonly reg: number;
  readonly rm: number;
  /** Memory operand: base register, -1 for none or more than a base, RIP for relative to the instruction's end. */
  readonly base: number;
  readonly displacement: number;
  readonly immediate: number;
}

const RIP = 16;
const NO_BASE = -1;

export function decode(bytes: Uint8Array, address: number): Instruction | null {
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

function split(bytes: Uint8Array, address: number): Parts | null {
  let at = 0;
  let short = false;
  let repeat = false;
  for (;; at++) {
    const byte = bytes[at];
    if (byte === 0x66) short = true;
    else if (byte === 0xf2 || byte === 0xf3) repeat = true;
    else if (![0x67, 0xf0, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65].includes(byte ?? -1)) break;
    if (at > 10) return null;
  }
  let rex = 0;
  if ((bytes[at]! & 0xf0) === 0x40) rex = bytes[at++]!;
  let opcode = bytes[at++];
  if (opcode === undefined) return null;
  let shape: string;
  if (opcode === 0xc4 || opcode === 0xc5 || opcode === 0x62) {
    const vector = vectorShape(bytes, at, opcode);
    if (vector === null) return null;
    at = vector.at;
    shape = vector.shape;
    rex = vector.rex;
    opcode = -1;
  } else if (opcode === 0x0f) {
    const second = bytes[at++];
    if (second === undefined) return null;
    if (second === 0x38 || second === 0x3a) {
      opcode = second << 8 | (bytes[at++] ?? 0);
      shape = second === 0x38 ? "m" : "B";
    } else {
      opcode = 0x0f00 | second;
      shape = twoByte[second]!;
    }
  } else {
    shape = oneByte[opcode]!;
  }
  if (shape === "x") return null;
  const rexB = (rex & 1) << 3;
  const operand = "mBZFG".includes(shape) ? memory(bytes, at, rex) : noOperand;
  if (operand === null) return null;
  at += operand.length;
  const size = immediateBytes(shape, (rex & 8) !== 0, short && shape !== "d", operand.reg & 7);
  if (at + size > bytes.length || at + size > 15) return null;
  const immediate = signed(bytes, at, size);
  const { mod, reg, rm, base, displacement } = operand;
  return {
    bytes,
    address,
    length: at + size,
    opcode,
    wide: (rex & 8) !== 0,
    short,
    repeat,
    rexB,
    mod,
    reg,
    rm,
    base,
    displacement,
    immediate,
  };
}

/** VEX and EVEX: 2, 3 or 4 bytes, then an opcode of one of three maps, then always ModRM but for vzeroupper. */
function vectorShape(bytes: Uint8Array, at: number, first: number) {
  const [a = 0, b = 0] = [bytes[at], bytes[at + 1]];
  const map = first === 0xc5 ? 1 : first === 0xc4 ? a & 0x1f : a & 7;
  const opcodeAt = at + (first === 0xc5 ? 1 : first === 0xc4 ? 2 : 3);
  const opcode = bytes[opcodeAt];
  if (opcode === undefined || map < 1 || map > 6) return null;
  const second = map === 1 ? twoByte[opcode]! : map === 3 ? "B" : "m";
  const shape = second === "d" ? "m" : second;
  // The register extensions are stored inverted.
  const rex = first === 0xc5 ? (~a >> 5 & 4) : (~a >> 5 & 7) | (first === 0xc4 ? b >> 4 & 8 : 0);
  return { at: opcodeAt + 1, shape, rex };
}

const noOperand = { length: 0, mod: -1, reg: 0, rm: 0, base: NO_BASE, displacement: 0 };

function memory(bytes: Uint8Array, at: number, rex: number): typeof noOperand | null {
  const modrm = bytes[at];
  if (modrm === undefined) return null;
  const mod = modrm >> 6;
  const reg = (modrm >> 3 & 7) | (rex & 4) << 1;
  const rm = (modrm & 7) | (rex & 1) << 3;
  if (mod === 3) return { length: 1, mod, reg, rm, base: NO_BASE, displacement: 0 };
  let length = 1;
  let base = rm;
  let size = mod === 1 ? 1 : mod === 2 ? 4 : 0;
  if ((modrm & 7) === 4) {
    const sib = bytes[at + length++];
    if (sib === undefined) return null;
    const index = (sib >> 3 & 7) | (rex & 2) << 2;
    base = index === 4 ? (sib & 7) | (rex & 1) << 3 : NO_BASE;
    if ((sib & 7) === 5 && mod === 0) {
      base = NO_BASE;
      size = 4;
    }
  } else if ((modrm & 7) === 5 && mod === 0) {
    base = RIP;
    size = 4;
  }
  if (at + length + size > bytes.length) return null;
  return { length: length + size, mod, reg, rm, base, displacement: signed(bytes, at + length, size) };
}

/** A little-endian number of 0, 1, 2, 3, 4 or 8 bytes. */
function signed(bytes: Uint8Array, at: number, size: number): number {
  if (size === 0) return 0;
  if (size === 8) return signed(bytes, at + 4, 4) * 4294967296 + (signed(bytes, at, 4) >>> 0);
  let value = 0;
  for (let i = 0; i < size; i++) value |= bytes[at + i]! << 8 * i;
  return size === 1 ? value << 24 >> 24 : size === 2 ? value << 16 >> 16 : value;
}

function effect(parts: Parts): Effect {
  const { opcode, mod, reg, rm, immediate, rexB } = parts;
  if ((opcode & ~7) === 0xb8) {
    return { kind: "set", register: opcode & 7 | rexB, value: parts.wide ? immediate : immediate >>> 0 };
  }
  if (opcode === 0xc7 && mod === 3) {
    return { kind: "set", register: rm, value: parts.wide ? immediate : immediate >>> 0 };
  }
  if (opcode === 0x8d && mod !== 3) return lea(parts);
  // xor r,r; sub r,r
  if ((opcode === 0x31 || opcode === 0x33 || opcode === 0x29 || opcode === 0x2b) && mod === 3 && reg === rm) {
    return { kind: "set", register: reg, value: 0 };
  }
  if (opcode === 0x89 && mod === 3) return { kind: "add", register: rm, from: reg, value: 0 };
  if (opcode === 0x8b && mod === 3) return { kind: "add", register: reg, from: rm, value: 0 };
  if ((opcode === 0x83 || opcode === 0x81) && mod === 3) {
    if ((reg & 7) === 0) return { kind: "add", register: rm, from: rm, value: immediate };
    // or r,-1
    if ((reg & 7) === 1 && immediate === -1) return { kind: "set", register: rm, value: 0xffffffff };
    if ((reg & 7) === 5) return { kind: "add", register: rm, from: rm, value: -immediate };
  }
  if ((opcode & ~0xf) === 0x0f40 && mod === 3) {
    return { kind: "either", register: reg, first: rm, second: reg };
  }
  if (opcode === 0x6a || opcode === 0x68) return { kind: "push", value: immediate };
  if ((opcode & ~7) === 0x50) return { kind: "push", value: undefined };
  if ((opcode & ~7) === 0x58) return { kind: "pop", register: opcode & 7 | rexB };
  return { kind: "clobber", mask: clobbers(parts) };
}

function lea({ address, length, reg, base, displacement }: Parts): Effect {
  if (base === RIP) return { kind: "set", register: reg, value: address + length + displacement };
  if (base === NO_BASE) return { kind: "clobber", mask: 1 << reg };
  return { kind: "add", register: reg, from: base, value: displacement };
}

function stackChange({ opcode, mod, reg, rm, base, displacement, immediate }: Parts): StackChange | null {
  if (opcode === 0x68 || opcode === 0x6a || (opcode & ~7) === 0x50 || opcode === 0x9c) return move(-8);
  if ((opcode & ~7) === 0x58) return rm === RSP && mod >= 0 ? { kind: "lost" } : move(8);
  if (opcode === 0xff && (reg & 7) === 6) return move(-8);
  if (opcode === 0x8f || opcode === 0x9d) return move(8);
  if (opcode === 0xc9) return { kind: "restore", bytes: 8 };
  const toStack = mod === 3 && (opcode === 0x89 ? rm : opcode === 0x8b ? reg : -1) === RSP;
  if (toStack) return (opcode === 0x89 ? reg : rm) === RBP ? { kind: "restore", bytes: 0 } : { kind: "lost" };
  if (mod === 3 && (opcode === 0x89 ? reg : opcode === 0x8b ? rm : -1) === RSP) {
    return (opcode === 0x89 ? rm : reg) === RBP ? { kind: "save", bytes: 0 } : null;
  }
  if (opcode === 0x8d && reg === RSP) {
    if (base === RBP) return { kind: "restore", bytes: displacement };
    return base === RSP ? move(displacement) : { kind: "lost" };
  }
  if (opcode === 0x8d && reg === RBP && base === RSP) return { kind: "save", bytes: displacement };
  if ((opcode === 0x81 || opcode === 0x83) && mod === 3 && rm === RSP) {
    return (reg & 7) === 0 ? move(immediate) : (reg & 7) === 5 ? move(-immediate) : { kind: "lost" };
  }
  const arithmetic = opcode < 0x38 && (opcode & 7) < 4 && mod === 3;
  return arithmetic && (opcode & 2 ? reg : rm) === RSP ? { kind: "lost" } : null;
}

const move = (bytes: number): StackChange => ({ kind: "move", bytes });

function stackOperand({ opcode, mod, base, displacement }: Parts): StackOperand | null {
  if (mod < 0 || mod === 3 || (base !== RSP && base !== RBP) || opcode === 0x8d) return null;
  return { base: base === RSP ? "stack" : "frame", displacement, bytes: 8 };
}

/** The registers that an instruction not handled above may write; rather one too many. */
function clobbers({ opcode, mod, reg, rm, rexB, repeat }: Parts): number {
  if (opcode === -1 || opcode >= 0x3800) return 1 << reg;
  if (mod < 0) {
    if (opcode >= 0x90 && opcode <= 0x97) {
      return opcode === 0x90 && !rexB ? 0 : 1 << RAX | 1 << (opcode & 7 | rexB);
    }
    if ((opcode & ~7) === 0x0fc8) return 1 << (opcode & 7 | rexB);
    if ((opcode & ~7) === 0xb0) return 1 << (opcode & 7 | rexB);
    if (opcode >= 0xa4 && opcode <= 0xaf) return 1 << RAX | 1 << RCX | 1 << RSI | 1 << RDI;
    if (opcode === 0x0fa2 || opcode === 0x0f31) return 0xf;
    return 1 << RAX | 1 << RDX;
  }
  // cmp, test, and 0f 18..1f (hints and long nops) write nothing; stores write no register.
  if (opcode === 0x84 || opcode === 0x85 || (opcode & ~3) === 0x38) return 0;
  if ((opcode === 0x80 || opcode === 0x81 || opcode === 0x83) && (reg & 7) === 7) return 0;
  if (opcode >= 0x0f18 && opcode <= 0x0f1f) return 0;
  const target = mod === 3 ? 1 << rm : 0;
  if (opcode === 0x88 || opcode === 0x89 || opcode === 0xc6 || opcode === 0xc7) return target;
  // Groups: ModRM.reg is part of the opcode.
  if (opcode === 0xf6 || opcode === 0xf7) return target | ((reg & 7) >= 4 ? 1 << RAX | 1 << RDX : 0);
  if ((opcode & ~3) === 0x80 || (opcode & ~1) === 0xc0 || (opcode & ~3) === 0xd0 || (opcode & ~1) === 0xfe) {
    return target;
  }
  if (opcode >= 0xd8 && opcode <= 0xdf) return opcode === 0xdf ? 1 << RAX : 0;
  if ((opcode & ~0xf) === 0x0f90 || opcode === 0x0fba) return target;
  if (touchesVectorsOnly(opcode, repeat)) return 0;
  return target | 1 << reg;
}

/** SSE instructions whose registers are not the ones we follow. */
function touchesVectorsOnly(opcode: number, repeat: boolean): boolean {
  if (opcode >= 0x0f10 && opcode <= 0x0f17 || opcode === 0x0f28 || opcode === 0x0f29) return true;
  if (opcode >= 0x0f2a && opcode <= 0x0f2f) return opcode !== 0x0f2c && opcode !== 0x0f2d;
  if (opcode >= 0x0f51 && opcode <= 0x0f7f) return opcode !== 0x0f7e || repeat;
  return opcode >= 0x0fd0 && opcode <= 0x0ffe && opcode !== 0x0fd7;
}

function stores({ opcode, mod, base }: Parts): boolean {
  if (mod < 0 || mod === 3 || base === RSP || base === RBP) return false;
  return opcode === 0x88 || opcode === 0x89 || opcode === 0xc6 || opcode === 0xc7 || opcode === 0x01 ||
    opcode === 0x29 ||
    opcode === 0x0f11 || opcode === 0x0f29 || opcode === 0x0f7f || opcode === 0x0fd6 || opcode === -1;
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
    if (bytes[i] !== 0xe8 && bytes[i] !== 0xe9) continue;
    found.push({ from: address + i, to: address + i + 5 + signed(bytes, i + 1, 4) });
  }
  return found;
}
