import assert from "node:assert/strict";
import { type Connection, readItem, type Source, Stream, type StreamItem } from "./stream.ts";
import { callRow, event } from "./models/fixture.ts";

class FakeSource implements Source {
  readonly listeners = new Map<string, (event: { data?: unknown }) => void>();
  closed = false;
  constructor(readonly url: string) {}
  addEventListener(name: string, listener: (event: { data?: unknown }) => void): void {
    this.listeners.set(name, listener);
  }
  close(): void {
    this.closed = true;
  }
  send(name: string, value?: unknown): void {
    this.listeners.get(name)?.(value === undefined ? {} : { data: JSON.stringify(value) });
  }
}

function setUp() {
  const sources: FakeSource[] = [];
  const items: StreamItem[] = [];
  const states: Connection[] = [];
  const timers: { run: () => void; ms: number }[] = [];
  const stream = new Stream({ item: (item) => items.push(item), connection: (state) => states.push(state) }, {
    connect: (url) => {
      const source = new FakeSource(url);
      sources.push(source);
      return source;
    },
    later: (run, ms) => timers.push({ run, ms }),
  });
  const seen = () =>
    items.map((item) => item.type === "call" ? item.row.seq : item.type === "event" ? item.event.seq : -1);
  return { stream, sources, states, timers, seen };
}

Deno.test("a lost stream resumes after the last event seen, and nothing is taken twice", () => {
  const { stream, sources, states, timers, seen } = setUp();
  stream.start(null);
  sources[0]?.send("open");
  sources[0]?.send("process.exec", event(7, { kind: "process.exec" }));
  sources[0]?.send("llm.call", callRow(8));
  sources[0]?.send("error");
  assert.equal(sources[0]?.closed, true);
  timers[0]?.run();
  assert.deepEqual(sources.map(({ url }) => url), ["/api/stream", "/api/stream?after=8"]);
  sources[1]?.send("open");
  sources[1]?.send("llm.call", callRow(8));
  sources[1]?.send("net.connect", event(9, { kind: "net.connect" }));
  assert.deepEqual(seen(), [7, 8, 9]);
  assert.deepEqual(states, ["connecting", "open", "lost", "connecting", "open"]);
});

Deno.test("live text is not numbered: it is taken as it comes", () => {
  const { stream, sources, seen } = setUp();
  stream.start(5);
  for (const text of ["a", "b"]) {
    sources[0]?.send("llm.delta", event(3, { kind: "llm.delta", id: "x", text }));
  }
  sources[0]?.send("dropped", { count: 2 });
  assert.deepEqual(seen(), [3, 3, -1]);
});

Deno.test("retries wait longer each time, up to ten seconds, and start over once connected", () => {
  const { stream, sources, timers } = setUp();
  stream.start(null);
  for (let i = 0; i < 7; i++) {
    sources.at(-1)?.send("error");
    timers.at(-1)?.run();
  }
  assert.deepEqual(timers.map(({ ms }) => ms), [500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  sources.at(-1)?.send("open");
  sources.at(-1)?.send("error");
  assert.equal(timers.at(-1)?.ms, 500);
});

Deno.test("a stopped stream stays stopped", () => {
  const { stream, sources, timers } = setUp();
  stream.start(null);
  sources[0]?.send("error");
  stream.stop();
  timers[0]?.run();
  assert.equal(sources.length, 1);
});

Deno.test("data that is not what its name promises is left out", () => {
  for (const data of ["", "{", "null", "[]", "{}", '{"seq":"1"}', 5, undefined]) {
    assert.equal(readItem("file.open", data), null, String(data));
    assert.equal(readItem("dropped", data), null, String(data));
  }
});
