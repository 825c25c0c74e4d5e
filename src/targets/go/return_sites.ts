/**
 * The return instructions of a Go function: where its stack is empty again. Table and code must agree on each.
 *
 * Only the block that grows the stack also runs with an empty stack. It lies at the end and is where the check at the
 * function's entry branches to. That check also shows which register holds the goroutine, which is what the probe
 * tells calls apart by: R14 and R28 in the register ABI.
 */
import type { ElfFile } from "../elf/elf.ts";
import type { DeltaRange } from "./stack_deltas.ts";

/** Each is a probe; crypto/tls has 8 in its longest functions. */
const MAX_RETURNS = 64;

export type ReturnSites =
  | { readonly kind: "returns"; /** Bytes from the function's entry. */ readonly at: readonly number[] }
  | { readonly kind: "disagree"; readonly reason: string };

/** `code` starts at the function's entry and holds all of its ranges. */
export function returnSites(
  code: DataView,
  ranges: readonly DeltaRange[],
  machine: ElfFile["machine"],
): ReturnSites {
  const [entry, ...others] = ranges;
  const last = others.at(-1);
  if (!entry || !last || entry.delta !== 0) return disagree("its stack is not empty at entry");
  const { growAt, isReturn } = machine === "x86_64" ? x86 : arm;
  const grow = growAt(code, entry.end);
  if (grow === null) return disagree("its entry does not compare the stack with the goroutine's limit");
  if (last.delta !== 0 || grow < last.start || grow >= last.end) {
    return disagree(`its stack check leads to +${grow}`);
  }
  const at: number[] = [];
  for (const range of others) {
    if (range.delta !== 0) continue;
    if (isReturn(code, range.start)) at.push(range.start);
    else if (range.start !== grow) return disagree(`no return instruction at +${range.start}`);
  }
  if (at.length === 0 || at.length > MAX_RETURNS) return disagree(`it has ${at.length} return instructions`);
  return { kind: "returns", at };
}

function disagree(reason: string): ReturnSites {
  return { kind: "disagree", reason };
}

/** Whether a return instruction stands there. */
export function isReturn(code: DataView, at: number, machine: ElfFile["machine"]): boolean {
  return machine === "x86_64" ? x86.isReturn(code, at) : arm.isReturn(code, at);
}

const x86 = {
  isReturn: (code: DataView, at: number) => code.getUint8(at) === 0xc3,

  /** `cmp reg, [r14+16]`, then `jbe`: where it leads, from the entry; null without them. */
  growAt(code: DataView, end: number): number | null {
    for (let at = 0; at + 6 <= end; at++) {
      const compares = (code.getUint8(at) & 0xfb) === 0x49 && code.getUint8(at + 1) === 0x3b &&
        (code.getUint8(at + 2) & 0xc7) === 0x46 && code.getUint8(at + 3) === 0x10;
      if (!compares) continue;
      if (code.getUint8(at + 4) === 0x76) return at + 6 + code.getInt8(at + 5);
      if (at + 10 <= end && code.getUint16(at + 4) === 0x0f86) return at + 10 + code.getInt32(at + 6, true);
    }
    return null;
  },
} as const;

const arm = {
  isReturn: (code: DataView, at: number) => code.getUint32(at, true) === 0xd65f03c0,

  /** `ldr reg, [x28, #16]`, then `b.ls`. */
  growAt(code: DataView, end: number): number | null {
    let loaded = false;
    for (let at = 0; at + 4 <= end; at += 4) {
      const word = code.getUint32(at, true);
      if (((word & 0xffffffe0) >>> 0) === 0xf9400b80) loaded = true;
      if (loaded && ((word & 0xff00001f) >>> 0) === 0x54000009) return at + (word << 8 >> 13) * 4;
    }
    return null;
  },
} as const;
