import assert from "node:assert/strict";
import fc from "fast-check";
import { concat } from "../../bytes.ts";
import type { Direction } from "../stream_record.ts";
import {
  deflated,
  frame,
  NO_TAKEOVER,
  ObservedSocket,
  type SocketOptions,
  TAKEOVER,
} from "./testdata/wire.ts";

/** A library call, or a gap. */
type Step = readonly [dir: Direction, what: Uint8Array | number];

function run(steps: Iterable<Step>, options: SocketOptions & { size?: number } = {}) {
  const { size, ...rest } = options;
  const socket = new ObservedSocket(rest);
  for (const [dir, what] of steps) {
    if (typeof what === "number") socket.gap(dir, what);
    else socket.data(dir, what, size === undefined ? {} : { size });
  }
  const peak = socket.memoryInUse;
  socket.end();
  assert.equal(socket.memoryInUse, 0);
  return { seen: socket.seen, losses: socket.takeLosses(), peak };
}

function hex(text: string): Uint8Array {
  return Uint8Array.fromHex(text.replaceAll(" ", ""));
}

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

Deno.test("websocket: any bytes: no exception, bounded, nothing kept", () => {
  const step = fc.oneof(
    fc.tuple(fc.constantFrom<Direction>("send", "recv"), fc.uint8Array({ minLength: 1, maxLength: 400 })),
    fc.tuple(fc.constantFrom<Direction>("send", "recv"), fc.integer({ min: 1, max: 1 << 20 })),
    fc.tuple(
      fc.constantFrom<Direction>("send", "recv"),
      fc.record({
        payload: fc.uint8Array({ maxLength: 300 }),
        opcode: fc.nat(15),
        fin: fc.boolean(),
        rsv: fc.constantFrom(0, 0x40, 0x70),
        masked: fc.boolean(),
      }).map(({ payload, ...options }) => frame(payload, options)),
    ),
  );
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 20 }),
      fc.constantFrom(TAKEOVER, NO_TAKEOVER, 'permessage-deflate;;=;",', ""),
      fc.constantFrom(8 << 20, 1_000),
      (steps, extensions, memory) => {
        const { seen, peak } = run(steps, { extensions, memory, limit: 500 });
        assert.ok(peak <= memory);
        assert.equal(seen.indexOf("end"), seen.length - 1);
      },
    ),
    { numRuns: 1_000 },
  );
});

Deno.test("websocket: a message ends at the limit, and the next one is read", async () => {
  const [bomb] = await deflated(["\0".repeat(3 << 20)]);
  const plain = frame("x".repeat(2_000));
  const [small] = await deflated(["small"]);
  const { seen, losses } = run([
    ["recv", frame(bomb!, { rsv: 0x40 })],
    ["recv", frame(small!, { rsv: 0x40 })],
    ["recv", plain],
    ["recv", A!],
  ], { extensions: TAKEOVER, limit: 1_000 });
  assert.deepEqual(seen.map((line) => `${line.slice(0, 9)} ${line.length}`), [
    ...['server ?" 6010', 'server "s 14', 'server ?" 1010', 'server "a 10', "end 3"],
  ]);
  assert.deepEqual(losses, ["websocket too-large: 2 events"]);
});

Deno.test("websocket: memory that is not there is not used", async () => {
  const [payload] = await deflated(["deflated"]);
  const steps: Step[] = [["recv", frame(payload!, { rsv: 0x40 })], ["recv", A!]];
  const { seen, peak } = run(steps, { extensions: TAKEOVER, memory: 1_000 });
  assert.deepEqual(seen, ['server ?""', 'server "a"', "end"]);
  assert.ok(peak <= 1_000);
});
