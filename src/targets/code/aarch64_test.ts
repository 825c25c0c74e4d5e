import { deepEqual, equal } from "node:assert/strict";
import { aarch64 } from "./aarch64.ts";
import type { Instruction } from "./instruction.ts";

const AT = 0x10_1000;
function bytesOf(...words: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(words).buffer);
}

/** Words as clang's assembler gives them. */
const meanings: readonly [word: number, what: string, wanted: Partial<Instruction>][] = [
  [0x94000400, "bl +0x1000", { flow: "call", target: AT + 0x1000 }],
  [0x17ffffff, "b -4", { flow: "jump", target: AT - 4 }],
  [0x54000041, "b.ne +8", { flow: "branch", target: AT + 8 }],
  [0xb4ffffe0, "cbz x0, -4", { flow: "branch", target: AT - 4 }],
  [0x36080040, "tbz w0, #1, +8", { flow: "branch", target: AT + 8 }],
  [0xd61f0220, "br x17", { flow: "jump" }],
  [0xd63f0100, "blr x8", { flow: "call" }],
  [0xd65f03c0, "ret", { flow: "end", returns: true }],
  [0xd65f0bff, "retaa", { flow: "end", returns: true }],
  [0xd4200020, "brk #1", { flow: "end" }],
  [0x00000000, "udf #0", { flow: "end" }],
  [0xb0000003, "adrp x3, +0x1000", { effect: { kind: "set", register: 3, value: 0x102000 } }],
  [0x10000083, "adr x3, +0x10", { effect: { kind: "set", register: 3, value: AT + 0x10 } }],
  [0x91048c63, "add x3, x3, #0x123", { effect: { kind: "add", register: 3, from: 3, value: 0x123 } }],
  [0x52800842, "mov w2, #0x42", { effect: { kind: "set", register: 2, value: 0x42 } }],
  [0x12800000, "mov w0, #-1", { effect: { kind: "set", register: 0, value: 0xffffffff } }],
  [0x72a00181, "movk w1, #12, lsl #16", { effect: { kind: "clobber", mask: 2 } }],
  [0x2a0203e4, "mov w4, w2", { effect: { kind: "add", register: 4, from: 2, value: 0 } }],
  [0x2a1f03e1, "mov w1, wzr", { effect: { kind: "set", register: 1, value: 0 } }],
  [0x1a820022, "csel w2, w1, w2, eq", { effect: { kind: "either", register: 2, first: 1, second: 2 } }],
  [0xd10083ff, "sub sp, sp, #0x20", { stack: { kind: "move", bytes: -0x20 } }],
  [0xa9be7bfd, "stp x29, x30, [sp, #-0x20]!", { stack: { kind: "move", bytes: -0x20 }, stores: false }],
  [0xa8c27bfd, "ldp x29, x30, [sp], #0x20", { stack: { kind: "move", bytes: 0x20 } }],
  [0x910003fd, "mov x29, sp", { stack: { kind: "save", bytes: 0 } }],
  [0x910003bf, "mov sp, x29", { stack: { kind: "restore", bytes: 0 } }],
  [0xf94013e8, "ldr x8, [sp, #0x20]", { operand: { base: "stack", displacement: 0x20, bytes: 8 } }],
  [0xa9422be9, "ldp x9, x10, [sp, #0x20]", { operand: { base: "stack", displacement: 0x20, bytes: 16 } }],
  [0xf9000668, "str x8, [x19, #8]", { stores: true, effect: { kind: "none" } }],
  [0xd503233f, "paciasp", { flow: "next", effect: { kind: "none" } }],
];
for (const [word, what, wanted] of meanings) {
  Deno.test(`arm64: ${what} is understood`, () => {
    const got: Partial<Instruction> = aarch64.decode(bytesOf(word), AT) ?? {};
    for (const key of Object.keys(wanted) as (keyof Instruction)[]) deepEqual(got[key], wanted[key], key);
  });
}

Deno.test("arm64: three bytes are no instruction", () => {
  equal(aarch64.decode(new Uint8Array(3), AT), null);
});

for (
  const [word, wanted] of [[0xd65f03c0, true], [0xd503201f, true], [0x17ffffff, true], [
    0x52800842,
    false,
  ]] as const
) {
  Deno.test(`arm64: code ${wanted ? "may" : "does not"} begin behind ${word.toString(16)}`, () => {
    equal(aarch64.separated(bytesOf(word), AT), wanted);
    equal(aarch64.separated(bytesOf(word), AT + 2), false);
  });
}
