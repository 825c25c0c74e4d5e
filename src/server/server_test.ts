import assert from "node:assert/strict";
import type { Micros } from "../event.ts";
import { event, fileOpened, llmCalled } from "../testdata/events.ts";
import { Store } from "../store/store.ts";
import { createApp } from "./app.ts";
import { Hub } from "./hub.ts";
import { listen } from "./listen.ts";

const TOKEN = "t0ken-of-this-run";
const AUTH = { authorization: `Bearer ${TOKEN}` };

function setUp() {
  const directory = Deno.makeTempDirSync();
  const store = Store.create({ path: `${directory}/r.sqlite`, meta: {} });
  const hub = new Hub();
  const app = createApp({
    queries: store.queries,
    hub,
    token: TOKEN,
    info: () => ({
      version: "1",
      live: true,
      recording: store.path,
      started: 5 as Micros,
      capture: "redacted",
    }),
    assets: new Map([
      ["/", { bytes: new TextEncoder().encode("<!doctype html>"), type: "text/html; charset=utf-8" }],
      ["/app.js", { bytes: new TextEncoder().encode("1"), type: "text/javascript" }],
    ]),
  });
  const get = (path: string, headers: HeadersInit = AUTH) => app.request(path, { headers });
  return {
    ...{ app, hub, store, get },
    [Symbol.dispose]() {
      hub.close();
      store.close();
      Deno.removeSync(directory, { recursive: true });
    },
  };
}

Deno.test("every route answers", async () => {
  using at = setUp();
  at.store.append([
    event("process.exec", 1, { ppid: 1, exe: "/bin/agent", argv: ["agent"], cwd: "/", uid: 0, gid: 0 }),
    fileOpened(2, "/a"),
    llmCalled(3, { prompt: "walrus" }),
    llmCalled(4),
  ]);
  const json = async (path: string) => {
    const answer = await at.get(path);
    assert.equal(answer.status, 200, path);
    return await answer.json();
  };
  assert.equal((await json("/api/info")).capture, "redacted");
  const { calls, seq } = await json("/api/summary");
  assert.deepEqual([calls, seq], [2, 4]);
  assert.deepEqual((await json("/api/calls?limit=1&before=4")).map((c: { id: string }) => c.id), ["c3"]);
  assert.equal((await json("/api/calls/c3")).request.messages.length, 1);
  const { processes, ...asOf } = await json("/api/processes?session=s-10");
  assert.deepEqual([processes.length, asOf], [1, { seq: 4 }]);
  assert.deepEqual(await json("/api/processes?session=x"), { seq: 4, processes: [] });
  assert.deepEqual((await json("/api/events?kind=file.*,process.exec&pid=10")).events.length, 2);
  assert.equal((await json("/api/events?after=-1&limit=x&before=")).events.length, 4);
  assert.equal((await json(`/api/events?before=${Number.MAX_SAFE_INTEGER}&limit=1`)).events[0].seq, 4);
  assert.equal((await json("/api/search?q=%22walr")).length, 1);
  assert.equal((await json("/api/search?q=walr&session=s-10")).length, 1);
  assert.equal((await json("/api/search?q=walr&session=x")).length, 0);
  assert.deepEqual(await json("/api/search"), []);
  assert.equal((await at.get("/app.js")).headers.get("content-type"), "text/javascript");
  for (const path of ["/api/calls/none", "/api/nothing", "/nothing"]) {
    const answer = await at.get(path);
    assert.equal(answer.status, 404);
    assert.match((await answer.json()).error, /^Cannot find/);
  }
});

Deno.test("nothing is told without the token or under another host name", async () => {
  using at = setUp();
  const cases: [string, HeadersInit, number][] = [
    ["/api/info", {}, 401],
    ["/", {}, 401],
    ["/app.js", {}, 401],
    ["/api/info?token=" + TOKEN, {}, 401],
    ["/api/info", { authorization: "Bearer wrong" }, 401],
    ["/api/info", { authorization: "Bearer " }, 401],
    ["/?token=wrong", {}, 401],
    ["/api/info", { ...AUTH, host: "evil.example" }, 403],
    ["/api/info", { ...AUTH, host: "127.0.0.1.evil.example:7395" }, 403],
    ["/api/info", { ...AUTH, host: "127.0.0.1:7395" }, 200],
    ["/api/info", { ...AUTH, host: "localhost:7395" }, 200],
    ["/api/info", { ...AUTH, host: "[::1]:7395" }, 200],
    ["/api/info", { cookie: `agentsight_7395=${TOKEN}`, host: "127.0.0.1:7395" }, 200],
    ["/api/info", { cookie: `agentsight_7396=${TOKEN}`, host: "127.0.0.1:7395" }, 401],
  ];
  for (const [path, headers, status] of cases) {
    assert.equal((await at.get(path, headers)).status, status, `${path} ${JSON.stringify(headers)}`);
  }
});

Deno.test("the printed URL becomes a cookie and a clean address", async () => {
  using at = setUp();
  const answer = await at.get(`/?token=${TOKEN}`, { host: "127.0.0.1:7395" });
  assert.deepEqual([answer.status, answer.headers.get("location")], [302, "/"]);
  const cookie = answer.headers.get("set-cookie") ?? "";
  assert.match(cookie, /^agentsight_7395=t0ken-of-this-run; Path=\/; HttpOnly; SameSite=Strict$/);
  const page = await at.get("/", { host: "127.0.0.1:7395", cookie: cookie.split(";")[0] ?? "" });
  assert.equal(await page.text(), "<!doctype html>");
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'; script-src 'self'/);
  assert.deepEqual(
    ["x-content-type-options", "referrer-policy", "x-frame-options"].map((name) => page.headers.get(name)),
    ["nosniff", "no-referrer", "DENY"],
  );
});

/** Reads a stream until `text` has come; the whole of what came. */
async function until(reader: ReadableStreamDefaultReader<Uint8Array>, text: string): Promise<string> {
  const decoder = new TextDecoder();
  let seen = "";
  while (!seen.includes(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    seen += decoder.decode(value, { stream: true });
  }
  return seen;
}

async function open(at: ReturnType<typeof setUp>, path: string, headers: HeadersInit = AUTH) {
  const answer = await at.get(path, headers);
  assert.equal(answer.headers.get("content-type"), "text/event-stream");
  return (answer.body as ReadableStream<Uint8Array>).getReader();
}

Deno.test("the stream resumes from the store, then follows, without holes or repeats", async () => {
  using at = setUp();
  const events = [1, 2, 3, 4].map((seq) => fileOpened(seq, `/f${seq}`));
  at.store.append(events.slice(0, 3));
  const reader = await open(at, "/api/stream?after=0", { ...AUTH, "last-event-id": "1" });
  at.store.append(events.slice(3));
  at.hub.publish(events.slice(2));
  at.hub.publish([llmCalled(5, { prompt: "p" }), event("llm.delta", 6, { id: "c", text: "li\nve" })]);
  const seen = await until(reader, "llm.delta\ndata");
  assert.deepEqual([...seen.matchAll(/^id: (\d+)$/gm)].map((m) => m[1]), ["2", "3", "4", "5"]);
  assert.match(seen, /event: llm\.call\nid: 5\ndata: \{"seq":5,.*"prompt":"p"/);
  assert.match(seen, /event: llm\.delta\ndata: \{.*"text":"li\\nve"\}\n\n/);
  assert.ok(!seen.includes('"messages"'));
  await reader.cancel();
});

Deno.test("what a slow client's queue has no room for comes from the store, or is counted", async () => {
  const many = Array.from({ length: 10_000 }, (_, i) => fileOpened(i + 101, "/f"));
  for (const kept of [10_000, 2500, 0]) {
    using at = setUp();
    at.store.append([fileOpened(1, "/before"), ...many.slice(0, kept)]);
    const reader = await open(at, "/api/stream");
    await until(reader, "retry");
    at.hub.publish(many.slice(0, 7000));
    at.hub.publish(many.slice(7000));
    const seen = await until(reader, "id: 10100\n");
    const lost = Number(/event: dropped\ndata: \{"count":(\d+)\}/.exec(seen)?.[1] ?? 0);
    const ids = [...seen.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
    assert.deepEqual(ids, ids.toSorted((a, b) => a - b));
    assert.equal(ids[0], kept === 0 ? 10_101 - ids.length : 101);
    assert.equal(lost + ids.length, 10_000);
    assert.equal(lost > 0, kept < 10_000);
    await reader.cancel();
  }
});

Deno.test("a client that comes in the middle of an answer gets its text so far", async () => {
  using at = setUp();
  const delta = (seq: number, id: string, text: string) => event("llm.delta", seq, { id, text });
  at.hub.publish([
    delta(1, "c3", "over"),
    delta(2, "b", "He"),
    delta(3, "b", "llo"),
    llmCalled(4, { id: "c3" }),
  ]);
  const reader = await open(at, "/api/stream");
  const seen = await until(reader, "llm.delta");
  assert.match(seen, /event: llm\.delta\ndata: \{"pid.*"text":"Hello"\}\n\n$/);
  await reader.cancel();
});

Deno.test("closing the hub ends every stream", async () => {
  using at = setUp();
  const reader = await open(at, "/api/stream");
  await until(reader, "retry");
  at.hub.close();
  while (!(await reader.read()).done);
});

Deno.test("a taken port moves to the next free one; events arrive over TCP at once; stop ends streams", async () => {
  using at = setUp();
  const first = listen({ app: at.app, port: 0 });
  const second = listen({ app: at.app, port: first.port });
  assert.ok(second.moved && !first.moved && second.port > first.port);
  const answer = await fetch(second.url + "api/stream", { headers: AUTH });
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  await until(reader, "retry");
  const sent = performance.now();
  at.hub.publish([fileOpened(1, "/now")]);
  await until(reader, "/now");
  assert.ok(performance.now() - sent < 200);
  await Promise.all([first.stop(), second.stop()]);
  await assert.rejects(reader.read());
});
