import { deepEqual, equal } from "node:assert/strict";
import { scanCode } from "./code_scan.ts";
import { binaryOf, makeElf } from "./testdata/programs.ts";

const CODE = 0x400000;
const STRING = 0x100000;
const wanted = [{ low: STRING, high: STRING }];

function lea(from: number, to: number): Uint8Array {
  const bytes = Uint8Array.from([0x48, 0x8d, 0x0d, 0, 0, 0, 0]);
  new DataView(bytes.buffer).setInt32(3, to - from - 7, true);
  return bytes;
}

function program(code: Uint8Array, size?: number) {
  return binaryOf(
    makeElf([{ address: CODE, bytes: code, executable: true, ...(size !== undefined && { size }) }]),
  );
}

Deno.test("an instruction is found once wherever the windows are cut", () => {
  for (const at of [0, 1, (256 << 10) - 7, (256 << 10) - 3, (256 << 10) - 1, 256 << 10, (300 << 10) - 8]) {
    const code = new Uint8Array(300 << 10).fill(0x90);
    code.set(lea(CODE + at, STRING), at);
    const found = scanCode(program(code), wanted);
    deepEqual(
      typeof found === "string" ? found : found.references,
      [{ from: CODE + at + 1, to: STRING }],
      `${at}`,
    );
  }
});

Deno.test("a constant is an address only where code is not moved", () => {
  const code = Uint8Array.from([0xbf, 0, 0, 0x10, 0, 0xc3, 0x90, 0x90, 0x90, 0x90, 0x90]);
  for (const [type, count] of [[2, 1], [3, 0]] as const) {
    const bytes = makeElf([{ address: CODE, bytes: code, executable: true }], { type });
    const found = scanCode(binaryOf(bytes), wanted);
    equal(typeof found === "string" ? found : found.references.length, count);
  }
});

Deno.test("more references than a library has are refused", () => {
  const code = new Uint8Array(7 * 4100);
  for (let at = 0; at < code.length; at += 7) code.set(lea(CODE + at, STRING), at);
  equal(scanCode(program(code), wanted), "too many references to the strings of a TLS library");
});

Deno.test("more code than a program has is refused before it is read", () => {
  equal(
    scanCode(program(new Uint8Array(16), 2 ** 40), wanted),
    "its code is not laid out as a program's is, or too large",
  );
});
