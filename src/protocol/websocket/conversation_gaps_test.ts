/** Gaps, frames that cannot be, and what is told of the messages around them. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { concat } from "../../bytes.ts";
import { hex, run, type Step } from "./testdata/run.ts";
import { deflated, frame, TAKEOVER } from "./testdata/wire.ts";

const LONG = `{"text":"${"long ".repeat(40)}"}`;
const [A, B] = ["a", "b"].map((text) => frame(text));

const CASES: [name: string, steps: Step[], seen: string[], losses?: string[]][] = [
  ["a gap within a frame", [["recv", frame("abcdef").subarray(0, 4)], ["recv", 2], [
    "recv",
    concat([frame("abcdef").subarray(6), A!]),
  ]], ["server gap 2", 'server ?"ab"', 'server "a"']],
  ["a gap up to the end of a frame", [["recv", frame("abcdef").subarray(0, 4)], ["recv", 4], ["recv", A!]], [
    "server gap 4",
    'server ?"ab"',
    'server "a"',
  ]],
  ["a gap within a masked frame", [["send", frame("abcdef", { masked: true }).subarray(0, 7)], ["send", 3], [
    "send",
    concat([frame("abcdef", { masked: true }).subarray(10), frame("c", { masked: true })]),
  ]], ["client gap 3", 'client ?"a"', 'client "c"']],
  ["a gap within a ping", [["recv", frame("abc", { opcode: 9 }).subarray(0, 3)], ["recv", 2], ["recv", A!]], [
    'server "a"',
  ]],
  ["a gap over heads, then frames from the start of a call to its end", [
    ["recv", A!],
    ["recv", frame("abcdef").subarray(0, 4)],
    ["recv", 20],
    ["recv", concat([B!, frame(LONG).subarray(0, 60)])],
    ["recv", B!],
    ["recv", concat([B!, frame(LONG), A!])],
    ["recv", A!],
  ], [
    ...['server "a"', "server gap 4", 'server ?"ab"', "server gap 16"],
    ...['server "b"', `server ${JSON.stringify(LONG)}`, 'server "a"', 'server "a"'],
  ], ["websocket unparsed: 66 bytes"]],
  ["a gap between frames", [["recv", A!], ["recv", 2], ["recv", frame(LONG)]], [
    'server "a"',
    "server gap 2",
    `server ${JSON.stringify(LONG)}`,
  ]],
  [
    "a gap over the start of a fragmented message",
    [
      ["recv", 9],
      ["recv", concat([frame(LONG, { opcode: 0 }), A!])],
    ],
    ["server gap 9", 'server "a"'],
    ["websocket unparsed: 211 bytes"],
  ],
  ["text where a frame was due", [["recv", 1], ["recv", new TextEncoder().encode(LONG)]], ["server gap 1"], [
    "websocket unparsed: 211 bytes",
  ]],
  ["the other direction goes on", [["recv", 1], ["send", frame("x", { masked: true })], ["recv", A!]], [
    "server gap 1",
    'client "x"',
  ], ["websocket unparsed: 3 bytes"]],
  ["a reserved opcode", [["recv", concat([A!, hex("83 01 61")])], ["recv", B!], ["recv", frame(LONG)]], [
    'server "a"',
    "server gap 0",
    `server ${JSON.stringify(LONG)}`,
  ], ["websocket unparsed: 6 bytes"]],
  ["a length beyond 2^53", [["recv", hex("82 7f 00 20 00 00 00 00 00 00 61")]], ["server gap 0"], [
    "websocket unparsed: 11 bytes",
  ]],
  ["a ping in fragments", [["recv", hex("09 01 61")]], ["server gap 0"], ["websocket unparsed: 3 bytes"]],
  ["a ping that is too long", [["recv", frame("x".repeat(126), { opcode: 9 })]], ["server gap 0"], [
    "websocket unparsed: 130 bytes",
  ]],
  [
    "extensions nobody knows",
    [["recv", concat([frame("x", { rsv: 0x20 }), A!, frame("y", { rsv: 0x50 })])]],
    [
      'server ?""',
      'server "a"',
      'server ?""',
    ],
    ["websocket unknown-extension: 2 events"],
  ],
  [
    "a reserved bit on a later fragment",
    [
      ["recv", concat([frame("x", { fin: false }), frame("y", { opcode: 0, rsv: 0x40 }), A!])],
    ],
    ['server ?"x"', 'server "a"'],
    ["websocket unknown-extension: 1 events"],
  ],
  ["a message within a message", [[
    "recv",
    concat([frame("x", { fin: false }), A!, frame("z", { opcode: 0 })]),
  ]], [
    'server ?"x"',
    'server "a"',
  ], ["websocket unparsed: 1 bytes"]],
  ["bytes that are not deflate", [["recv", concat([frame(hex("07 ff ff"), { rsv: 0x40 }), A!])]], [
    'server ?""',
    'server "a"',
  ], ["websocket undecodable: 1 events"]],
  ["a message that is cut off by the end", [["recv", frame("abc").subarray(0, 4)]], ['server ?"ab"']],
  ["nothing after a close", [
    ["recv", concat([A!, frame("", { opcode: 8 }), B!])],
    ["recv", 3],
    ["recv", B!],
    ["send", concat([frame("x", { masked: true }), frame("", { opcode: 8, masked: true })])],
    ["send", frame("y", { masked: true })],
  ], ['server "a"', 'client "x"']],
];

for (const [name, steps, seen, losses] of CASES) {
  Deno.test(`websocket: ${name}`, () => {
    const got = run(steps, { extensions: TAKEOVER });
    assert.deepEqual(got.seen, [...seen, "end"]);
    assert.deepEqual(got.losses, losses ?? []);
  });
}

Deno.test("websocket: RSV1 without permessage-deflate is an unknown extension", () => {
  const { seen, losses } = run([["recv", frame("x", { rsv: 0x40 })]]);
  assert.deepEqual([seen, losses], [['server ?""', "end"], ["websocket unknown-extension: 1 events"]]);
});

Deno.test("websocket: what refers to a lost message is not guessed", async () => {
  const texts = ["some earlier words", "earlier words again", "words, again: earlier", "zyx"];
  const [lost, second, third, fourth] = (await deflated(texts)).map((payload) =>
    frame(payload, { rsv: 0x40 })
  );
  const { seen, losses } = run([
    ["recv", lost!.subarray(0, 4)],
    ["recv", lost!.length - 4],
    ["recv", concat([second!, third!, fourth!])],
  ], { extensions: TAKEOVER });
  assert.equal(seen[0], `server gap ${lost!.length - 4}`);
  const incomplete = seen.slice(1, 4);
  for (const line of incomplete) assert.match(line, /^server \?/);
  // Nothing that came before is needed for this one.
  assert.deepEqual(seen.slice(4), ['server "zyx"', "end"]);
  assert.deepEqual(losses, ["websocket undecodable: 2 events"]);
});

Deno.test("websocket: whatever is lost, a complete message is one that was sent", async () => {
  const texts = Array.from(
    { length: 30 },
    (_, n) => `{"type":"delta","n":${n * n},"text":"${"word ".repeat(n % 7)}"}`,
  );
  const sent = new Set(texts.map((text) => `server ${JSON.stringify(text)}`));
  const calls = (await deflated(texts)).map((payload) => frame(payload, { rsv: 0x40 }));
  const alone = await Promise.all(
    texts.map(async (text) => frame((await deflated([text]))[0]!, { rsv: 0x40 })),
  );
  const long = Array.from({ length: calls.length / 5 }, (_, n) => concat(calls.slice(5 * n, 5 * n + 5)));
  fc.assert(
    fc.property(
      fc.constantFrom(calls, alone, long),
      fc.array(fc.tuple(fc.nat(3_000), fc.integer({ min: 1, max: 200 })), { minLength: 1, maxLength: 4 }),
      (written, holes) => {
        let pos = 0;
        const steps: Step[] = written.flatMap((call) => {
          const parts: Step[] = [];
          let kept = 0;
          for (let at = 0; at <= call.length; at++) {
            const missing = holes.some(([from, count]) => pos + at >= from && pos + at < from + count);
            if (at < call.length && !missing) continue;
            if (at > kept) parts.push(["recv", call.subarray(kept, at)]);
            if (at < call.length) parts.push(["recv", 1]);
            kept = at + 1;
          }
          pos += call.length;
          return parts;
        });
        const { seen } = run(steps, { extensions: TAKEOVER });
        for (const line of seen) {
          if (line.startsWith('server "')) assert.ok(sent.has(line), line);
        }
      },
    ),
    { numRuns: 300 },
  );
});
