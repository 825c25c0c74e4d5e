import assert from "node:assert/strict";
import { Evictions } from "./evictions.ts";
import { Turnover } from "./layout.gen.ts";

type Key = Uint8Array<ArrayBuffer>;

/** A map that throws out its oldest entry, and counts as the programs do. */
class Table {
  readonly maxEntries = 100;
  readonly entries = new Map<string, Key>();
  made = 0;
  deleted = 0;

  make(object: number, pid: number): void {
    const key = new Uint8Array(Uint32Array.of(object, 0, pid, 0).buffer);
    if (!this.entries.has(key.toHex())) this.made++;
    this.entries.set(key.toHex(), key);
    if (this.entries.size > this.maxEntries) this.entries.delete(this.entries.keys().next().value!);
  }

  end(object: number, pid: number): void {
    if (this.delete(new Uint8Array(Uint32Array.of(object, 0, pid, 0).buffer))) this.deleted++;
  }

  *keys(): Generator<Key> {
    yield* this.entries.values();
  }

  delete(key: Key): boolean {
    return this.entries.delete(key.toHex());
  }
}

function world() {
  const connections = new Table(), streams = new Table();
  const running = new Set([1]);
  const evictions = new Evictions({
    counters: {
      read: () => {},
      total: (index) =>
        index === Turnover.CONNS_MADE
          ? connections.made
          : index === Turnover.CONNS_DELETED
          ? connections.deleted
          : index === Turnover.STREAMS_MADE
          ? streams.made
          : streams.deleted,
    },
    connections,
    streams,
    isRunning: (pid) => running.has(pid),
  });
  let now = 0;
  const lost = (after = 1000) => evictions.take(now += after).map(({ class: what, count }) => [what, count]);
  return { connections, streams, running, lost };
}

Deno.test("as many as there is room for are no loss, and those that ended leave room", () => {
  const { connections, lost } = world();
  for (let n = 0; n < 100; n++) connections.make(n, 1);
  assert.deepEqual(lost(), []);
  for (let n = 0; n < 50; n++) connections.end(n, 1);
  for (let n = 100; n < 150; n++) connections.make(n, 1);
  assert.deepEqual(lost(), []);
});

Deno.test("those thrown out are told, once, and more of them later", () => {
  const { connections, streams, lost } = world();
  for (let n = 0; n < 130; n++) connections.make(n, 1);
  for (let n = 0; n < 250; n++) streams.make(n, 0);
  assert.deepEqual(lost(), [["tls", 30], ["plain", 150]]);
  connections.make(130, 1);
  connections.make(131, 1);
  assert.deepEqual(lost(500), [], "looked for a moment ago");
  assert.deepEqual(lost(500), [["tls", 2]]);
  assert.deepEqual(lost(), []);
});

Deno.test("connections of ended processes make room before they cost anything", () => {
  const { connections, running, lost } = world();
  for (let pid = 10; pid < 50; pid++) {
    running.add(pid);
    for (let n = 0; n < 10; n++) connections.make(n, pid);
    running.delete(pid);
    assert.deepEqual(lost(), []);
  }
  assert.ok(connections.entries.size < 100);
});
