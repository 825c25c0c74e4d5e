/** What a walk through machine code needs to know of one instruction, the same for every machine. */

import type { Reference } from "./address_set.ts";

/** What the instruction does to a register whose value may be known. Registers are numbers of the machine. */
export type Effect =
  | { readonly kind: "none" }
  | { readonly kind: "set"; readonly register: number; readonly value: number }
  /** register = from + value */
  | { readonly kind: "add"; readonly register: number; readonly from: number; readonly value: number }
  /** register = first or second */
  | { readonly kind: "either"; readonly register: number; readonly first: number; readonly second: number }
  /** The registers of a bit mask get values nobody knows. */
  | { readonly kind: "clobber"; readonly mask: number }
  | { readonly kind: "push"; readonly value: number | undefined }
  | { readonly kind: "pop"; readonly register: number };

/**
 * Where execution goes on: `next` behind it; `call` there and then behind it; `jump` there; `branch` there or behind
 * it; `end` nowhere that can be told (return, trap).
 */
export type Flow = "next" | "call" | "jump" | "branch" | "end";

/** What the instruction does to the stack pointer. */
export type StackChange =
  | { readonly kind: "move"; readonly bytes: number }
  /** The frame pointer becomes the stack pointer + bytes. */
  | { readonly kind: "save"; readonly bytes: number }
  /** The stack pointer becomes the frame pointer + bytes. */
  | { readonly kind: "restore"; readonly bytes: number }
  /** It gets a value that cannot be told. */
  | { readonly kind: "lost" };

/** A memory operand addressed by the stack or frame pointer alone. */
export interface StackOperand {
  readonly base: "stack" | "frame";
  readonly displacement: number;
  readonly bytes: number;
}

export interface Instruction {
  readonly length: number;
  readonly flow: Flow;
  /** Of a call, jump or branch; undefined when through a register or memory. */
  readonly target?: number;
  readonly effect: Effect;
  /** It writes memory that is not addressed by the stack or frame pointer. */
  readonly stores?: boolean;
  readonly stack?: StackChange;
  readonly operand?: StackOperand;
  /** It returns to the caller. */
  readonly returns?: boolean;
}

/** The instruction at the start of `bytes`, which lie at `address`; null when it is none. */
export type Decode = (bytes: Uint8Array, address: number) => Instruction | null;

/** What a walk must know of a machine. */
export interface Machine {
  readonly decode: Decode;
  readonly registers: number;
  readonly framePointer: number;
  /** Holds a function's int result. */
  readonly resultRegister: number;
  /** Bytes that a call puts on the stack, which lie before the arguments there. */
  readonly returnAddressBytes: number;
  /** Integer argument registers of the C calling convention, in order. */
  readonly argumentRegisters: readonly number[];
  /** Registers a call leaves with unknown values, as a mask. */
  readonly callClobbers: number;
  /** No instruction is longer. */
  readonly longest: number;
  /** Whether the bytes before an address (up to `longest`) end in what execution does not run through. */
  readonly separated: (before: Uint8Array, address: number) => boolean;
  /** Direct calls and jumps among the bytes, with too many rather than too few. */
  readonly callsIn: (bytes: Uint8Array, address: number) => Reference[];
}

export const nothing: Effect = { kind: "none" };
