import assert from "node:assert/strict";
import { createParser } from "eventsource-parser";
import fc from "fast-check";
import { MemoryBudget } from "../byte_buffer.ts";
import { SseDecoder } from "./decoder.ts";
import type { JsonPath } from "./json_position.ts";

const encoder = new TextEncoder();

interface Seen {
  /** Strings at `path` of every event, and whole events without one, in order. */
  readonly said: string[];
  /** Events that were parsed. */
  parsed: number;
  tooLong: number;
}

function decoder(path: JsonPath, { limit = 1 << 20, ignored = [] as readonly JsonPath[] } = {}) {
  const seen: Seen = { said: [], parsed: 0, tooLong: 0 };
  const sse = new SseDecoder({
    limit,
    budget: new MemoryBudget(1 << 24),
    onTooLong: () => seen.tooLong++,
    onData: (data) => {
      seen.parsed++;
      const text = textAt(data, path);
      seen.said.push(text ?? `? ${data}`);
      return text === null ? null : { path, ignored, more: (text) => seen.said.push(text) };
    },
  });
  return { sse, seen };
}

function textAt(data: string, path: JsonPath): string | null {
  try {
    let value: unknown = JSON.parse(data);
    for (const step of path) value = (value as Record<string | number, unknown>)[step];
    return typeof value === "string" ? value : null;
  } catch {
    return null;
  }
}

/** What the parser alone makes of the whole stream. */
function reference(stream: string, path: JsonPath): string[] {
  const said: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => said.push(textAt(data, path) ?? `? ${data}`) });
  parser.feed(stream);
  return said;
}

function push(sse: SseDecoder, bytes: Uint8Array, sizes: readonly number[]): void {
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    sse.push(bytes.slice(from, from + size));
    from += size;
  }
}

const event = (text: string) => `event: d\ndata: {"type":"d","i":0,"x":{"text":${JSON.stringify(text)}}}\n\n`;
const PATH = ["x", "text"];

Deno.test("sse: of equal events only the first is parsed", () => {
  const words = ["one", " two\n\n", 'a "quote" \\', "日本 🙂", "", "tab\tend"];
  const { sse, seen } = decoder(PATH);
  sse.push(encoder.encode(words.map(event).join("")));
  assert.deepEqual(seen, { said: words, parsed: 1, tooLong: 0 });
});

Deno.test("sse: two events that are read together are never told as one", () => {
  const two = (text: string) => `data: {"x":{"text":"same"}}\n\rdata: {"x":{"text":"${text}"}}\n\n`;
  const { sse, seen } = decoder(PATH);
  for (const text of ["a", "b", "c"]) sse.push(encoder.encode(two(text)));
  assert.deepEqual(seen.said, ["same", "a", "same", "b", "same", "c"]);
});

Deno.test("sse: values that mean nothing may differ; others may not", () => {
  const numbered = (n: number, text: string, pad: string) =>
    `data: {"n":${n},"x":{"text":"${text}"},"pad":"${pad}"}\n\n`;
  const { sse, seen } = decoder(PATH, { ignored: [["n"], ["pad"], ["absent"]] });
  sse.push(encoder.encode(numbered(1, "a", "") + numbered(23, "b", "pp\\n") + numbered(0, "c", "\\u0041")));
  assert.deepEqual(seen.said, ["a", "b", "c"]);
  assert.equal(seen.parsed, 1);
  // No JSON number, and no number at all.
  sse.push(encoder.encode('data: {"n":01,"x":{"text":"d"},"pad":""}\n\n'));
  sse.push(encoder.encode('data: {"n":"1","x":{"text":"e"},"pad":""}\n\n'));
  assert.deepEqual(seen.said.slice(3), ['? {"n":01,"x":{"text":"d"},"pad":""}', "e"]);
});

const LINE_ENDS = ["\n", "\r\n", "\r"];
const fragments = fc.oneof(
  fc.string().map(event),
  fc.string({ unit: "binary" }).map(event),
  fc.constantFrom(
    ": a comment\n\n",
    "event: ping\ndata: {}\n\n",
    "\n\n",
    "data: one\ndata: two\n\n",
    'data: {"type":"d","i":0,"x":{"text":"a"}}\n\n',
    'event: d\ndata: {"type":"d","i":0,"x":{"text":"bad \\q"}}\n\n',
    'event: d\ndata: {"type":"d","i":0,"x":{"text":"raw \t tab"}}\n\n',
    'event: d\ndata: {"type":"d","i":0,"x":{"text":"a","text":"b"}}\n\n',
    'event: d\ndata: {"type":"d","i":0,"x":{"text":"a"}}\ndata: more\n\n',
    'event: d\nfoo: {"type":"d","i":0,"x":{"text":"a"}}\n\n',
    "id: 1\nretry: 5\ndata: {}\n\n",
  ),
);

Deno.test("property: whatever the stream, its cuts and its line ends, it reads as the parser alone reads it", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(
      fc.array(fragments, { maxLength: 12 }),
      sizes,
      fc.constantFrom(...LINE_ENDS),
      (parts, cut, end) => {
        const stream = parts.join("").replaceAll("\n", end);
        const bytes = encoder.encode(stream);
        const { sse, seen } = decoder(PATH);
        push(sse, bytes, cut);
        sse.end({ complete: true });
        // The bytes, because a lone surrogate is no UTF-8.
        assert.deepEqual(seen.said, reference(new TextDecoder().decode(bytes) + end + end, PATH));
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("property: after a gap no event is made of two halves", () => {
  const texts = fc.array(fc.string({ maxLength: 20 }), { minLength: 2, maxLength: 8 });
  fc.assert(fc.property(texts, fc.nat(), fc.nat(), (words, from, length) => {
    const bytes = encoder.encode(words.map(event).join(""));
    const start = from % bytes.length;
    const { sse, seen } = decoder(PATH);
    sse.push(bytes.subarray(0, start));
    sse.gap();
    sse.push(bytes.subarray(start + length % 100));
    sse.end({ complete: true });
    const whole = reference(new TextDecoder().decode(bytes), PATH);
    let at = 0;
    for (const text of seen.said) {
      const found = whole.indexOf(text, at);
      assert.ok(found >= at, `${text} was not said`);
      at = found + 1;
    }
  }));
});

Deno.test("sse: an event over the limit is dropped and said, and what follows is read", () => {
  const { sse, seen } = decoder(PATH, { limit: 100 });
  push(sse, encoder.encode(event("a") + event("b".repeat(200)) + event("c") + event("d")), [16]);
  assert.deepEqual(seen.said, ["a", "c", "d"]);
  assert.equal(seen.tooLong >= 1, true);
});

Deno.test("sse: an event of 50,000 characters in pieces of any size", () => {
  const text = "naïve – ".repeat(6_250);
  for (const size of [1_000, 4_096, 16_384]) {
    const { sse, seen } = decoder(PATH);
    push(sse, encoder.encode(event("a") + event(text) + event("b")), [size]);
    assert.deepEqual(seen.said, ["a", text, "b"]);
  }
});
