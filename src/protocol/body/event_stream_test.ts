import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import { EventStreamReader } from "./event_stream.ts";
import { amazonFrame as message } from "./testdata/event_stream.ts";
import { chunks, everySplit, type Piece, read } from "./testdata/reading.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const told = {
  reader: (options: ConstructorParameters<typeof EventStreamReader>[0]) => new EventStreamReader(options),
  told: ({ headers, payload }: { headers: unknown; payload: Uint8Array }) => ({
    headers,
    payload: new TextDecoder().decode(payload),
  }),
};

/** Written by the codec of AWS's own client, `@smithy/eventstream-codec` 4.5.2. */
const DELTA = Uint8Array.fromHex(
  "00000099000000574c3b5e5f0d3a6d6573736167652d747970650700056576656e740b3a6576656e742d74797065070011636f6e74656e" +
    "74426c6f636b44656c74610d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b22636f6e74656e7442" +
    "6c6f636b496e646578223a302c2264656c7461223a7b2274657874223a224772c3b6c39f65227d7d47c012c4",
);
const EVERY_TYPE = Uint8Array.fromHex(
  "00000056000000464dce01a7017400016601016202fe017303fed4016904fffeee90016c05fffffffffffffffb017806000200ff016408" +
    "000001a0c4506c7b0175090123456789abcdef0123456789abcdef81d631d7",
);
const DELTA_TOLD = {
  headers: {
    ":message-type": "event",
    ":event-type": "contentBlockDelta",
    ":content-type": "application/json",
  },
  payload: '{"contentBlockIndex":0,"delta":{"text":"Größe"}}',
};
const EVERY_TYPE_TOLD = {
  headers: {
    t: true,
    f: false,
    b: -2,
    s: -300,
    i: -70_000,
    l: -5,
    x: new Uint8Array([0, 255]),
    d: 1_790_000_000_123,
    u: "01234567-89ab-cdef-0123-456789abcdef",
  },
  payload: "",
};

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

function spoiled(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at]! ^= 1;
  return copy;
}

const A = message(new Uint8Array(0), encode("a"));
const B = message(new Uint8Array(0), encode("b"));
const plain = (payload: string) => ({ headers: {}, payload });

Deno.test("event stream: headers of every type and payloads, split anywhere", () => {
  for (const pieces of everySplit(join(DELTA, EVERY_TYPE, A))) {
    deepEqual(read(pieces, told), {
      messages: [DELTA_TOLD, EVERY_TYPE_TOLD, plain("a")],
      lost: [],
      held: 0,
    });
  }
});

const cases: readonly (readonly [name: string, body: Uint8Array, messages: string[], lost: string[]])[] = [
  ["a spoiled payload is passed over", join(spoiled(A, 12), B), ["b"], ["unreadable"]],
  ["after a spoiled prelude the next certain one is looked for", join(A, spoiled(A, 2), B), ["a", "b"], [
    "unreadable",
  ]],
  ["junk", join(encode("HTTP/1.1 200 OK, and so on"), B), ["b"], ["unreadable"]],
  ["a length below the smallest", new Uint8Array(64), [], ["unreadable"]],
  ["a message too long for the limit", join(message(new Uint8Array(0), new Uint8Array(99)), B), ["b"], [
    "too-large",
  ]],
  ["headers that end in the middle", join(message(encode("\x05ab"), encode("x")), B), ["b"], ["unreadable"]],
  ["an unknown header type", join(message(encode("\x01a\x0a"), encode("x")), B), ["b"], ["unreadable"]],
  ["a header value past the end", join(message(encode("\x01a\x07\x00\x09b"), encode("x")), B), ["b"], [
    "unreadable",
  ]],
  ["no end", join(A, B.subarray(0, -1)), ["a"], ["unreadable"]],
  ["no end of a prelude", join(A, B.subarray(0, 5)), ["a"], ["unreadable"]],
];

for (const [name, body, messages, lost] of cases) {
  Deno.test(`event stream: ${name}`, () => {
    for (const pieces of everySplit(body)) {
      deepEqual(read(pieces, { ...told, limit: 60 }), { messages: messages.map(plain), lost, held: 0 });
    }
  });
}

Deno.test("event stream: a header with the name of a prototype is a header", () => {
  const { messages } = read([message(encode("\x09__proto__\x07\x00\x01x"), new Uint8Array(0))], told);
  deepEqual(Object.entries(messages[0]!.headers as object), [["__proto__", "x"]]);
});

Deno.test("event stream: after a gap the next message is found, wherever the gap was", () => {
  const body = join(DELTA, A, B);
  for (let from = 0; from < DELTA.length; from++) {
    const pieces: Piece[] = [body.subarray(0, from), "gap", body.subarray(from + 1)];
    deepEqual(read(pieces, told), { messages: [plain("a"), plain("b")], lost: [], held: 0 });
  }
});

Deno.test("event stream: without memory a message is passed over", () => {
  const pieces = chunks(join(DELTA, A, B), [10]);
  const { messages, lost, held } = read(pieces, { ...told, memory: 40 });
  deepEqual([messages, lost, held], [[plain("a"), plain("b")], ["too-large"], 0]);
});

Deno.test("property: messages and junk between them, in any pieces", () => {
  const part = fc.oneof(
    fc.constantFrom(A, B, DELTA),
    fc.uint8Array({ minLength: 1 }).map((payload) => message(new Uint8Array(0), payload)),
    fc.uint8Array({ minLength: 1 }),
    fc.nat(DELTA.length - 1).map((at) => spoiled(DELTA, at)),
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 });
  fc.assert(fc.property(fc.array(part), sizes, (parts, sizes) => {
    const body = join(...parts);
    deepEqual(read(chunks(body, sizes), told), read([body], told));
  }));
});
