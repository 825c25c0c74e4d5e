import { equal } from "node:assert/strict";
import { toAddress } from "./address.ts";

const cases: readonly [hex: string, text: string][] = [
  ["7f000001", "127.0.0.1"],
  ["00000000000000000000000000000000", "::"],
  ["00000000000000000000000000000001", "::1"],
  ["20010db8000000000001000000000001", "2001:db8::1:0:0:1"],
  ["20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1"],
  ["20010000000000010000000000000001", "2001:0:0:1::1"],
  ["00000000000000000000ffffc0000201", "::ffff:192.0.2.1"],
  ["000000000000000000000000c0000201", "::c000:201"],
  ["00010000000000000000ffffc0000201", "1::ffff:c000:201"],
];

for (const [hex, text] of cases) {
  Deno.test(`address: ${text}`, () => equal(toAddress(Uint8Array.fromHex(hex)), text));
}
