import { deepEqual, equal } from "node:assert/strict";
import type { Instruction } from "./instruction.ts";
import { x86_64 } from "./x86_64.ts";

const AT = 0x1000;
const bytesOf = (hex: string) => Uint8Array.from(hex.split(" "), (byte) => parseInt(byte, 16));
const decode = (hex: string) => x86_64.decode(bytesOf(hex), AT);

/** Lengths as objdump says. */
const lengths: readonly [hex: string, what: string][] = [
  ["90", "nop"],
  ["66 2e 0f 1f 84 00 00 00 00 00", "cs nop WORD PTR [rax+rax*1+0x0]"],
  ["f3 0f 1e fa", "endbr64"],
  ["48 b8 11 22 33 44 55 66 77 88", "movabs rax,imm64"],
  ["66 b8 11 22", "mov ax,imm16"],
  ["66 81 f9 01 03", "cmp cx,0x301"],
  ["f6 87 a4 00 00 00 01", "test BYTE PTR [rdi+0xa4],0x1"],
  ["f6 d8", "neg al"],
  ["f7 c7 00 01 00 00", "test edi,0x100"],
  ["48 83 7f 28 00", "cmp QWORD PTR [rdi+0x28],0x0"],
  ["64 48 8b 04 25 28 00 00 00", "mov rax,fs:0x28"],
  ["42 8b 84 a0 00 01 00 00", "mov eax,[rax+r12*4+0x100]"],
  ["c4 e3 fd 00 c0 44", "vpermq ymm0,ymm0,0x44"],
  ["c5 f8 77", "vzeroupper"],
  ["62 f1 fe 48 6f 07", "vmovdqu64 zmm0,[rdi]"],
  ["66 0f 3a 0f c1 08", "palignr xmm0,xmm1,8"],
  ["f2 0f 38 f1 c2", "crc32 eax,edx"],
  ["c8 10 00 00", "enter 0x10,0"],
  ["67 e8 00 00 00 00", "addr32 call"],
];
for (const [hex, what] of lengths) {
  Deno.test(`${what} has ${hex.split(" ").length} bytes`, () =>
    equal(decode(hex)?.length, hex.split(" ").length));
}

const meanings: readonly [hex: string, what: string, wanted: Partial<Instruction>][] = [
  ["e8 fb 0f 00 00", "call", { flow: "call", target: 0x2000 }],
  ["e9 fb ff ff ff", "jmp", { flow: "jump", target: AT }],
  ["eb 02", "jmp short", { flow: "jump", target: AT + 4 }],
  ["0f 84 fa 0f 00 00", "je", { flow: "branch", target: 0x2000 }],
  ["75 fe", "jne", { flow: "branch", target: AT }],
  ["ff e0", "jmp rax", { flow: "jump" }],
  ["ff 50 38", "call [rax+0x38]", { flow: "call" }],
  ["c3", "ret", { flow: "end", returns: true }],
  ["0f 0b", "ud2", { flow: "end" }],
  ["ba 42 00 00 00", "mov edx,0x42", { effect: { kind: "set", register: 2, value: 0x42 } }],
  ["41 b8 0a 00 00 00", "mov r8d,10", { effect: { kind: "set", register: 8, value: 10 } }],
  ["48 8d 0d f9 0f 00 00", "lea rcx,[rip+0xff9]", { effect: { kind: "set", register: 1, value: 0x2000 } }],
  ["31 f6", "xor esi,esi", { effect: { kind: "set", register: 6, value: 0 } }],
  ["48 89 df", "mov rdi,rbx", { effect: { kind: "add", register: 7, from: 3, value: 0 } }],
  ["0f 44 d1", "cmove edx,ecx", { effect: { kind: "either", register: 2, first: 1, second: 2 } }],
  ["83 c8 ff", "or eax,-1", { effect: { kind: "set", register: 0, value: 0xffffffff } }],
  ["6a 1e", "push 30", { effect: { kind: "push", value: 30 }, stack: { kind: "move", bytes: -8 } }],
  ["41 5f", "pop r15", { effect: { kind: "pop", register: 15 }, stack: { kind: "move", bytes: 8 } }],
  ["48 83 ec 18", "sub rsp,0x18", { stack: { kind: "move", bytes: -0x18 } }],
  ["48 89 e5", "mov rbp,rsp", { stack: { kind: "save", bytes: 0 } }],
  ["48 8d 65 d8", "lea rsp,[rbp-0x28]", { stack: { kind: "restore", bytes: -0x28 } }],
  ["c9", "leave", { stack: { kind: "restore", bytes: 8 } }],
  ["48 83 e4 e0", "and rsp,-32", { stack: { kind: "lost" } }],
  ["48 8b 44 24 58", "mov rax,[rsp+0x58]", { operand: { base: "stack", displacement: 0x58, bytes: 8 } }],
  ["89 43 08", "mov [rbx+8],eax", { stores: true, effect: { kind: "clobber", mask: 0 } }],
  ["48 89 44 24 08", "mov [rsp+8],rax", { stores: false }],
];
for (const [hex, what, wanted] of meanings) {
  Deno.test(`${what} is understood`, () => {
    const got: Partial<Instruction> = decode(hex) ?? {};
    for (const key of Object.keys(wanted) as (keyof Instruction)[]) deepEqual(got[key], wanted[key], key);
  });
}

for (const hex of ["06", "66", "48 8d", "0f", "e8 00 00", "62 00", "c4 e0 00 00"]) {
  Deno.test(`${hex} is no instruction`, () => equal(decode(hex), null));
}

for (
  const [hex, wanted] of [
    ["c3", true],
    ["cc cc", true],
    ["0f 1f 44 00 00", true],
    ["ff e0 66 90", true],
    ["e9 00 01 00 00", true],
    ["e8 00 01 00 00", true],
    ["48 89 df", false],
    ["ba 42 00 00 00", false],
  ] as const
) {
  Deno.test(`code ${wanted ? "may" : "does not"} begin behind ${hex}`, () => {
    equal(x86_64.separated(bytesOf(hex), AT), wanted);
  });
}

Deno.test("calls and jumps are found at any byte", () => {
  deepEqual(x86_64.callsIn(bytesOf("90 e8 00 01 00 00 e9 00 00 00 00 eb fe 90 90 90"), AT), [
    { from: 0x1001, to: 0x1106 },
    { from: 0x1006, to: 0x100b },
    { from: 0x100b, to: 0x100b },
  ]);
});
