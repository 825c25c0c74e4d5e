import assert from "node:assert/strict";
import { latin1 } from "../../bytes.ts";
import { decodeHuffman } from "./huffman.ts";

/** Of RFC 7541, appendix B: the first and the last code of several lengths. */
const CODES: [symbol: number, bits: string][] = [
  [0x30, "00000"],
  [0x74, "01001"],
  [0x20, "010100"],
  [0x75, "101101"],
  [0x3a, "1011100"],
  [0x7a, "1111011"],
  [0x26, "11111000"],
  [0x5a, "11111101"],
  [0x21, "1111111000"],
  [0x00, "1111111111000"],
  [0x5c, "1111111111111110000"],
  [0x80, "11111111111111100110"],
  [0xff, "11111111111111111111101110"],
  [0x01, "11111111111111111011000"],
  [0xf9, "1111111111111111111111111110"],
  [0x16, "111111111111111111111111111110"],
];
const END = "1".repeat(30);

function pack(bits: string): Uint8Array {
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
  return Uint8Array.from(padded.match(/.{8}/g) ?? [], (byte) => parseInt(byte, 2));
}

Deno.test("huffman: codes of every kind, alone and after others", () => {
  for (const [symbol, bits] of CODES) {
    assert.equal(decodeHuffman(pack(bits)), String.fromCharCode(symbol), symbol.toString(16));
  }
  const all = CODES.map(([, bits]) => bits).join("");
  assert.equal(decodeHuffman(pack(all)), latin1(Uint8Array.from(CODES, ([symbol]) => symbol)));
});

Deno.test("huffman: what is no string", () => {
  const cases: [name: string, bits: string, text: string | null][] = [
    ["nothing", "", ""],
    ["seven bits of padding", "00000" + "00000" + "00000" + "010100" + "101101" + "00000", "000 u0"],
    ["one bit of padding", "1011100", ":"],
    ["a whole byte of padding", "11111000" + "11111111", null],
    ["nothing but a byte of padding", "11111111", null],
    ["padding of zeros", "00000" + "000", null],
    ["the end symbol", "00000" + END, null],
    ["something after the end symbol", END + "11" + "0".repeat(40), null],
    ["a code cut off", "11111111111111111111101110".slice(0, 24), null],
  ];
  for (const [name, bits, text] of cases) assert.equal(decodeHuffman(pack(bits)), text, name);
});
