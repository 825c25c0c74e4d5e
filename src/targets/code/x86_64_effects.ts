/** What an x86-64 instruction does to registers, memory and stack, as far as a walk needs it. */
import type { Effect, StackChange, StackOperand } from "./instruction.ts";
import { NO_BASE, type Parts, RAX, RBP, RCX, RDI, RDX, RIP, RSI, RSP } from "./x86_64_encoding.ts";

export function effect(parts: Parts): Effect {
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

export function stores({ opcode, mod, base }: Parts): boolean {
  if (mod < 0 || mod === 3 || base === RSP || base === RBP) return false;
  return opcode === 0x88 || opcode === 0x89 || opcode === 0xc6 || opcode === 0xc7 || opcode === 0x01 ||
    opcode === 0x29 ||
    opcode === 0x0f11 || opcode === 0x0f29 || opcode === 0x0f7f || opcode === 0x0fd6 || opcode === -1;
}

export function stackChange(
  { opcode, mod, reg, rm, base, displacement, immediate }: Parts,
): StackChange | null {
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

export function stackOperand({ opcode, mod, base, displacement }: Parts): StackOperand | null {
  if (mod < 0 || mod === 3 || (base !== RSP && base !== RBP) || opcode === 0x8d) return null;
  return { base: base === RSP ? "stack" : "frame", displacement, bytes: 8 };
}
