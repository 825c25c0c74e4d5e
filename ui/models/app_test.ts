import assert from "node:assert/strict";
import { type Api, ApiError, type CallRow } from "../api.ts";
import { llmCalled } from "../../src/testdata/events.ts";
import { App } from "./app.ts";
import { callRow, EMPTY_SUMMARY, event, processRow, streamed } from "./fixture.ts";

const INFO = { version: "0", live: true, recording: "/r", started: 1, capture: "redacted" };

function fakeApi(overrides: Partial<Api> = {}): Api {
  return {
    info: () => Promise.resolve(INFO as Awaited<ReturnType<Api["info"]>>),
    summary: () => Promise.resolve({ ...EMPTY_SUMMARY, seq: 2 }),
    calls: () => Promise.resolve([callRow(2), callRow(1)]),
    call: (id) => Promise.resolve(llmCalled(1, { id })),
    processes: () => Promise.resolve({ seq: 2, processes: [processRow({ pid: 10 })] }),
    events: () => Promise.resolve({ events: [], next: null }),
    search: () => Promise.resolve([]),
    ...overrides,
  };
}

Deno.test("one batch of the stream reaches every model", async () => {
  const app = new App(fakeApi());
  assert.equal(await app.load(), true);
  app.apply([
    streamed(event(3, { kind: "llm.delta", id: "call-9", text: "Hi" })),
    streamed(event(4, { kind: "process.fork", child: 20, child_start: 4000, ppid: 1 })),
    streamed(event(5, { kind: "file.open", path: "/a", access: "write", result: 0, count: 3 })),
    streamed(event(6, { kind: "file.close", path: "/a", written_bytes: 5, read_bytes: 0 })),
    streamed(event(7, { kind: "net.connect", family: "inet", addr: "1.2.3.4", port: 443, result: 0 })),
    streamed(event(8, { kind: "loss", class: "file", unit: "events", count: 4, reason: "ring full" })),
    { type: "dropped", count: 2 },
  ]);
  assert.equal(app.live.list.value[0]?.text.value, "Hi");
  const [parent, child] = app.processes.rows.value;
  assert.deepEqual([parent?.files, parent?.connections, child?.pid, child?.ppid], [3, 1, 20, 10]);
  const total = app.totals.summary.value;
  assert.deepEqual([total?.files_written, total?.file_written_bytes, total?.connections, total?.processes], [
    3,
    5,
    1,
    1,
  ]);
  assert.deepEqual(total?.loss, [{ class: "file", reason: "ring full", unit: "events", count: 4 }]);
  assert.deepEqual(app.marks.byLane.value.get("10-1")?.map(({ kind }) => kind), ["write", "connect"]);
  assert.equal(app.dropped.value, 2);

  app.apply([{ type: "call", row: callRow(9, { id: "call-9", cost_usd: null }) }]);
  assert.deepEqual(app.live.list.value, []);
  assert.deepEqual(app.calls.rows.value.map(({ seq }) => seq), [9, 2, 1]);
  assert.equal(app.totals.summary.value?.unpriced_calls, 1);
  assert.equal(app.processes.rows.value[0]?.calls, 1);
  assert.equal(app.timeline.lanes.value[0]?.calls.length, 3);
});

Deno.test("what the stream brings while the recording is read is counted once", async () => {
  const opened = (seq: number) =>
    streamed(event(seq, { kind: "file.open", path: "/a", access: "write", result: 0 }));
  const answer = Promise.withResolvers<void>();
  const app = new App(fakeApi({
    summary: () => answer.promise.then(() => ({ ...EMPTY_SUMMARY, seq: 5, files_written: 2 })),
    processes: () => Promise.resolve({ seq: 5, processes: [processRow({ pid: 10, files: 2 })] }),
  }));
  const loaded = app.load();
  app.apply([opened(4), opened(5), opened(6)]);
  answer.resolve();
  await loaded;
  app.apply([opened(7)]);
  assert.equal(app.totals.summary.value?.files_written, 4);
  assert.equal(app.processes.rows.value[0]?.files, 4);
});

Deno.test("a session narrows what is shown, also what arrives", async () => {
  const asked: unknown[] = [];
  const app = new App(fakeApi({
    calls: (query) => {
      asked.push(query?.session);
      return Promise.resolve([]);
    },
  }));
  await app.load();
  const other = "zz-99" as CallRow["session"];
  app.chooseSession(other);
  await Promise.resolve();
  app.apply([{ type: "call", row: callRow(5) }, { type: "call", row: callRow(6, { session: other }) }]);
  assert.deepEqual(asked, [null, other]);
  assert.deepEqual(app.calls.rows.value.map(({ seq }) => seq), [6]);
  assert.equal(app.totals.summary.value?.calls, 2);
});

Deno.test("a failure is a notice with a remedy, and a retry that works takes it away", async () => {
  let failing = true;
  const app = new App(fakeApi({
    summary: () => failing ? Promise.reject(new ApiError("no token", 401)) : Promise.resolve(EMPTY_SUMMARY),
  }));
  assert.equal(await app.load(), false);
  const [notice] = app.notices.list.value;
  assert.equal(notice?.text, "Cannot read the recording: no token.");
  assert.match(notice?.remedy ?? "", /URL that agentsight printed/);
  failing = false;
  assert.equal(await app.load(), true);
  assert.deepEqual(app.notices.list.value, []);
});

Deno.test("the selected call is read once, and only when it is finished", async () => {
  const asked: string[] = [];
  const app = new App(fakeApi({
    call: (id) => {
      asked.push(id);
      return Promise.resolve(llmCalled(1, { id }));
    },
  }));
  app.apply([streamed(event(1, { kind: "llm.delta", id: "x", text: "…" }))]);
  app.route.value = { tab: "calls", item: "x" };
  assert.deepEqual(asked, []);
  app.apply([{ type: "call", row: callRow(2, { id: "x" }) }]);
  await Promise.resolve();
  app.apply([streamed(event(3, { kind: "llm.delta", id: "y", text: "…" }))]);
  assert.deepEqual(asked, ["x"]);
  assert.equal(app.callDetail.call.value?.id, "x");
});

Deno.test("the summary is asked for again only after something happened", async () => {
  let asked = 0;
  const app = new App(fakeApi({
    summary: () => {
      asked++;
      return Promise.resolve({ ...EMPTY_SUMMARY, calls: 7 });
    },
  }));
  await app.load();
  await app.refresh();
  assert.equal(asked, 1);
  app.apply([{ type: "call", row: callRow(9) }]);
  assert.equal(app.totals.summary.value?.calls, 8);
  await app.refresh();
  assert.equal(app.totals.summary.value?.calls, 7);
});
