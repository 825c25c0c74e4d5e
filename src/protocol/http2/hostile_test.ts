/** Bytes that mean harm: nothing is thrown, and every exchange that began ends once. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { concat } from "../../bytes.ts";
import { busy } from "./testdata/busy.ts";
import { type Call, recv, send, told } from "./testdata/conversation.ts";
import { frame, PREFACE, settings } from "./testdata/frames.ts";

const { calls } = busy();
const HELLO = [send(PREFACE, settings()), recv(settings())];
const direction = fc.constantFrom("send" as const, "recv" as const);

Deno.test("property: random bytes, alone and behind a preface", () => {
  const call = fc.record({ dir: direction, bytes: fc.uint8Array({ maxLength: 300 }) });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 30 }), fc.boolean(), fc.boolean(), (list, greet, fromStart) => {
      told([...greet ? HELLO : [], ...list], { fromStart });
    }),
    { numRuns: 300 },
  );
});

Deno.test("property: random frames", () => {
  const one = fc.record({
    dir: direction,
    bytes: fc.array(
      fc.tuple(fc.nat(11), fc.nat(255), fc.nat(9), fc.uint8Array({ maxLength: 40 })).map((
        [type, flags, stream, payload],
      ) => frame(type, flags, stream, payload)),
      { maxLength: 6 },
    ).map(concat),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 40 }), fc.boolean(), (list, greet) => {
      assertEndsOnce([...greet ? HELLO : [], ...list], greet);
    }),
    { numRuns: 300 },
  );
});

Deno.test("property: a conversation with bytes changed, left out, repeated and swapped", () => {
  const change = fc.record({
    call: fc.nat(calls.length - 1),
    at: fc.nat(300),
    byte: fc.nat(255),
    kind: fc.constantFrom("change", "drop", "repeat", "swap"),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.boolean(), (changes, fromStart) => {
      const list = calls.map(({ dir, bytes }): Call => ({ dir, bytes: bytes.slice() }));
      for (const { call, at, byte, kind } of changes) {
        const { dir, bytes } = list[call]!;
        if (kind === "change" && at < bytes.length) bytes[at] = byte;
        if (kind === "drop") {
          list[call] = { dir, bytes: concat([bytes.subarray(0, at), bytes.subarray(at + byte)]) };
        }
        if (kind === "repeat") list[call] = { dir, bytes: concat([bytes, bytes.subarray(at)]) };
        if (kind === "swap") list[call] = { dir: dir === "send" ? "recv" : "send", bytes };
      }
      assertEndsOnce(list, fromStart);
    }),
    { numRuns: 300 },
  );
});

function assertEndsOnce(list: readonly Call[], fromStart: boolean): void {
  const { seen } = told(list, { fromStart });
  const indices = seen.map(({ index }) => index).sort((a, b) => a - b);
  assert.deepEqual(indices, indices.map((_, i) => i + 1));
}
