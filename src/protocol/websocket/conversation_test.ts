import assert from "node:assert/strict";
import fc from "fast-check";
import { concat } from "../../bytes.ts";
import type { Direction } from "../stream_record.ts";
import { hex, run, type Step } from "./testdata/run.ts";
import { deflated, frame, NO_TAKEOVER, TAKEOVER } from "./testdata/wire.ts";

const HELLO = '"Hello"';
const BYTES_256 = Uint8Array.from({ length: 256 }, (_, n) => n);

/** RFC 6455, section 5.7, and RFC 7692, section 7.2.3. */
const EXAMPLES: [name: string, dir: Direction, bytes: Uint8Array, seen: string[]][] = [
  ["an unmasked text", "recv", hex("81 05 48 65 6c 6c 6f"), [`server ${HELLO}`]],
  ["a masked text", "send", hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"), [`client ${HELLO}`]],
  ["a text in two fragments", "recv", hex("01 03 48 65 6c 80 02 6c 6f"), [`server ${HELLO}`]],
  ["a ping", "recv", hex("89 05 48 65 6c 6c 6f"), []],
  ["a masked pong", "send", hex("8a 85 37 fa 21 3d 7f 9f 4d 51 58"), []],
  ["256 bytes", "recv", concat([hex("82 7e 01 00"), BYTES_256]), [`server <${BYTES_256.toHex()}>`]],
  [
    "64 KiB",
    "recv",
    concat([hex("82 7f 00 00 00 00 00 01 00 00"), new Uint8Array(65_536)]),
    [`server <${"00".repeat(65_536)}>`],
  ],
  ["a deflated text", "recv", hex("c1 07 f2 48 cd c9 c9 07 00"), [`server ${HELLO}`]],
  ["a deflated text in two fragments", "recv", hex("41 03 f2 48 cd 80 04 c9 c9 07 00"), [`server ${HELLO}`]],
  ["the same text twice", "recv", hex("c1 07 f2 48 cd c9 c9 07 00 c1 07 f2 48 cd c9 c9 07 00"), [
    `server ${HELLO}`,
    `server ${HELLO}`,
  ]],
  ["a text that refers to the one before", "recv", hex("c1 07 f2 48 cd c9 c9 07 00 c1 05 f2 00 11 00 00"), [
    `server ${HELLO}`,
    `server ${HELLO}`,
  ]],
  ["a stored block", "recv", hex("c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00"), [`server ${HELLO}`]],
  ["a final block", "recv", hex("c1 08 f3 48 cd c9 c9 07 00 00"), [`server ${HELLO}`]],
  ["a final block, then others", "recv", hex("c1 08 f3 48 cd c9 c9 07 00 00 c1 07 f2 48 cd c9 c9 07 00"), [
    `server ${HELLO}`,
    `server ${HELLO}`,
  ]],
  ["two blocks in one message", "recv", hex("c1 0d f2 48 05 00 00 00 ff ff ca c9 c9 07 00"), [
    `server ${HELLO}`,
  ]],
  ["a message that is not deflated where it could be", "recv", hex("81 05 48 65 6c 6c 6f"), [
    `server ${HELLO}`,
  ]],
  ["a client that does not mask", "send", hex("81 05 48 65 6c 6c 6f"), [`client ${HELLO}`]],
  ["a server that masks", "recv", hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"), [`server ${HELLO}`]],
  ["lengths longer than need be", "recv", hex("81 7f 00 00 00 00 00 00 00 05 48 65 6c 6c 6f 81 7e 00 00"), [
    `server ${HELLO}`,
    'server ""',
  ]],
  ["an empty text, plain and deflated", "recv", hex("81 00 c1 01 00"), ['server ""', 'server ""']],
];

for (const [name, dir, bytes, seen] of EXAMPLES) {
  Deno.test(`websocket: ${name}`, () => {
    for (const size of [bytes.length, 3, 1]) {
      const got = run([[dir, bytes]], { extensions: TAKEOVER, size });
      assert.deepEqual(got.seen, [...seen, "end"], `pieces of ${size}`);
      assert.deepEqual(got.losses, []);
    }
  });
}

Deno.test("websocket: both roles, and who sent what", () => {
  const said = frame("asked", { masked: true });
  const told = frame("told");
  const seen = ['client "asked"', 'server "told"', "end"];
  assert.deepEqual(run([["send", said], ["recv", told]], { role: "client" }).seen, seen);
  assert.deepEqual(run([["recv", said], ["send", told]], { role: "server" }).seen, seen);
});

const TEXTS = ["event one", "event one and two", "", "event one, two and three", "a last event"];
const ALL = [...TEXTS.map((text) => `server ${JSON.stringify(text)}`), "end"];

/** Deflated with takeover; the second message in three fragments with control frames between them. */
async function transcript(masked = false): Promise<Uint8Array[]> {
  const [first, second, ...others] = await deflated(TEXTS);
  const whole = (payload: Uint8Array) => frame(payload, { rsv: 0x40, masked });
  return [
    whole(first!),
    concat([
      frame(second!.subarray(0, 2), { rsv: 0x40, fin: false, masked }),
      frame("ping", { opcode: 9, masked }),
      frame(second!.subarray(2, 3), { opcode: 0, fin: false, masked }),
      frame("", { opcode: 10, masked }),
      frame(second!.subarray(3), { opcode: 0, masked }),
    ]),
    ...others.map(whole),
  ];
}

Deno.test("websocket: with takeover, split anywhere", async () => {
  for (const masked of [false, true]) {
    const bytes = concat(await transcript(masked));
    for (let at = 0; at <= bytes.length; at++) {
      const { seen, losses } = run([["recv", bytes.subarray(0, at)], ["recv", bytes.subarray(at)]], {
        extensions: TAKEOVER,
      });
      assert.deepEqual([seen, losses], [ALL, []], `split at ${at}`);
    }
  }
});

Deno.test("websocket: with takeover, in any pieces, both directions interleaved", async () => {
  const [asked, told] = [concat(await transcript(true)), concat(await transcript())];
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 });
  fc.assert(fc.property(sizes, sizes, (mine, theirs) => {
    const steps: Step[] = [];
    for (let sent = 0, received = 0, n = 0; sent < asked.length || received < told.length; n++) {
      const [send, recv] = [mine[n % mine.length]!, theirs[n % theirs.length]!];
      steps.push(["send", asked.subarray(sent, sent += send)], [
        "recv",
        told.subarray(received, received += recv),
      ]);
    }
    const { seen } = run(steps.filter(([, bytes]) => (bytes as Uint8Array).length > 0), {
      extensions: TAKEOVER,
    });
    assert.deepEqual(seen.filter((line) => !line.startsWith("client")), ALL);
    assert.deepEqual(seen.filter((line) => line.startsWith("client")).length, TEXTS.length);
  }));
});

Deno.test("websocket: without takeover each message stands alone", async () => {
  const alone = (await Promise.all(TEXTS.map((text) => deflated([text])))).map(([payload]) => payload!);
  const frames = alone.map((payload) => frame(payload, { rsv: 0x40 }));
  assert.deepEqual(run(frames.map((bytes) => ["recv", bytes]), { extensions: NO_TAKEOVER }).seen, ALL);
  const { seen } = run([
    ["recv", frames[0]!.subarray(0, -3)],
    ["recv", 3],
    ...frames.slice(1).map((bytes) => ["recv", bytes] as const),
  ], { extensions: NO_TAKEOVER });
  assert.match(seen.shift()!, /^server gap 3/);
  assert.match(seen.shift()!, /^server \?"e?v?e?n?t?/);
  assert.deepEqual(seen, ALL.slice(1));
});
