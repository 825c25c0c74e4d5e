/** One way through a function: what registers and stack are like where it has come to. */
import type { Effect, Instruction, Machine } from "./instruction.ts";

export type Registers = (number | undefined)[];

/** Heights are in bytes above the stack pointer at the function's entry; NaN when unknown. */
export interface Path {
  address: number;
  registers: Registers;
  height: number;
  /** Of the frame pointer, when it is one. */
  frame: number;
  calls: PastCall | null;
}

/** A call on the way here, and the one before it. */
export interface PastCall {
  readonly at: number;
  readonly height: number;
  readonly before: PastCall | null;
}

export function callAtHeight(call: PastCall | null, height: number): PastCall | null {
  while (call !== null && call.height !== height) call = call.before;
  return call;
}

/** Two paths in the same state go on in the same way. */
export function stateOf({ height, frame, registers }: Path): string {
  return `${height} ${frame} ${registers.join()}`;
}

export function moveStack(path: Path, { stack, effect }: Instruction, { framePointer }: Machine): void {
  if (stack?.kind === "move") path.height += stack.bytes;
  else if (stack?.kind === "save") path.frame = path.height + stack.bytes;
  else if (stack?.kind === "restore") path.height = path.frame + stack.bytes;
  else if (stack?.kind === "lost") path.height = NaN;
  const written = effect.kind === "clobber"
    ? (effect.mask >>> framePointer & 1) === 1
    : "register" in effect && effect.register === framePointer;
  if (written && stack?.kind !== "save") path.frame = NaN;
}

export function forget(registers: Registers, mask: number): void {
  for (let i = 0; i < registers.length; i++) if (mask >>> i & 1) registers[i] = undefined;
}

interface Memory {
  /** Values pushed since the last place where paths met. */
  readonly pushed: Registers;
  /** The number, if it is one that matters. */
  readonly known: (value: number) => number | undefined;
}

/** Changes the registers; gives a second state when the instruction may do one thing or another. */
export function apply(effect: Effect, registers: Registers, { pushed, known }: Memory): Registers | null {
  switch (effect.kind) {
    case "set":
      registers[effect.register] = known(effect.value);
      return null;
    case "add": {
      const from = registers[effect.from];
      const sum = from === undefined || from < 0 ? undefined : known(from + effect.value);
      registers[effect.register] = effect.value === 0 ? from : sum;
      return null;
    }
    case "either": {
      const other = [...registers];
      other[effect.register] = registers[effect.second];
      registers[effect.register] = registers[effect.first];
      return registers[effect.register] === other[effect.register] ? null : other;
    }
    case "push":
      pushed.push(effect.value);
      return null;
    case "pop":
      registers[effect.register] = pushed.pop();
      return null;
    case "clobber":
      forget(registers, effect.mask);
      return null;
    case "none":
      return null;
  }
}
