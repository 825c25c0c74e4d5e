/** What each `--capture` level keeps of every kind of event, through the whole pipeline. */
import assert from "node:assert/strict";
import type { Draft, Event, Kind, Micros, ProcessExeced } from "../event.ts";
import type { CaptureLevel, Round } from "../capture/messages.ts";
import { Pipeline } from "../pipeline.ts";
import { META } from "./meta_only.ts";
import { everyKind } from "./testdata/drafts.ts";
import { fill } from "./testdata/examples.ts";

const WORDS = "a private remark";
const KEY = `sk-proj-${fill("word", 60)}`;
const TEXT = `${WORDS} ${KEY}`;

/** The kinds whose events still hold ordinary text of others at a level, and how. */
const KEPT: Readonly<Record<Kind, { readonly meta: boolean; readonly redacted: boolean }>> = {
  "process.fork": { meta: false, redacted: false },
  "process.thread": { meta: false, redacted: false },
  "process.running": { meta: false, redacted: true },
  // Names of files, hosts and variables stay: they are what an agent did, not what it said.
  "process.exec": { meta: true, redacted: true },
  "process.exec_failed": { meta: true, redacted: true },
  "process.exit": { meta: false, redacted: false },
  "process.setsid": { meta: false, redacted: false },
  "process.cred": { meta: false, redacted: false },
  "process.ns": { meta: false, redacted: false },
  "process.ptrace": { meta: false, redacted: false },
  "process.signal": { meta: false, redacted: false },
  "process.memfd": { meta: true, redacted: true },
  "process.exec_memory": { meta: false, redacted: false },
  "process.kernel": { meta: true, redacted: true },
  "process.name": { meta: true, redacted: true },
  "file.open": { meta: true, redacted: true },
  "file.io": { meta: true, redacted: true },
  "file.close": { meta: true, redacted: true },
  "file.unlink": { meta: true, redacted: true },
  "file.rmdir": { meta: true, redacted: true },
  "file.mkdir": { meta: true, redacted: true },
  "file.mknod": { meta: true, redacted: true },
  "file.rename": { meta: true, redacted: true },
  "file.link": { meta: true, redacted: true },
  "file.symlink": { meta: true, redacted: true },
  "file.truncate": { meta: true, redacted: true },
  "file.chmod": { meta: true, redacted: true },
  "file.chown": { meta: true, redacted: true },
  "file.xattr": { meta: true, redacted: true },
  "file.mmap": { meta: true, redacted: true },
  "net.socket": { meta: false, redacted: false },
  "net.connect": { meta: true, redacted: true },
  "net.bind": { meta: true, redacted: true },
  "net.listen": { meta: true, redacted: true },
  "net.accept": { meta: true, redacted: true },
  "net.send": { meta: true, redacted: true },
  "net.close": { meta: true, redacted: true },
  "net.peer": { meta: true, redacted: true },
  "net.host": { meta: true, redacted: true },
  "dns.query": { meta: true, redacted: true },
  "dns.answer": { meta: true, redacted: true },
  "http.exchange": { meta: false, redacted: true },
  "llm.call": { meta: false, redacted: true },
  "llm.delta": { meta: false, redacted: true },
  "tool.call": { meta: false, redacted: true },
  "tool.result": { meta: false, redacted: false },
  "mcp.message": { meta: false, redacted: true },
  loss: { meta: false, redacted: false },
  coverage: { meta: false, redacted: false },
  resource: { meta: false, redacted: false },
};

async function through(level: CaptureLevel, kind: Kind): Promise<Event[]> {
  const pipeline = new Pipeline({ boot: 0, level, fold: "none" });
  const draft = everyKind(TEXT)[kind];
  const round: Round = {
    type: "round",
    now: 10 as Micros,
    libraries: [],
    drafts: kind === "llm.delta" ? [draft, everyKind("-")["llm.call"]] : [draft],
    control: null,
    payload: null,
    losses: [],
  };
  const events = [...await pipeline.push(round), ...await pipeline.end()];
  return events.filter((event) => event.kind === kind);
}

for (const [kind, kept] of Object.entries(KEPT) as [Kind, { meta: boolean; redacted: boolean }][]) {
  Deno.test(`levels: ${kind}`, async () => {
    const says = async (level: CaptureLevel, text: string) => {
      const all = JSON.stringify(await through(level, kind));
      return all.includes(text) || all.includes(encodeURIComponent(text)) || all.includes(btoa(TEXT));
    };
    assert.deepEqual(
      {
        meta: [await says("meta", WORDS), await says("meta", KEY)],
        redacted: [await says("redacted", WORDS), await says("redacted", KEY)],
        off: [await says("off", WORDS), await says("off", KEY)],
        full: [await says("full", WORDS), await says("full", KEY)],
      },
      {
        meta: [kept.meta, false],
        redacted: [kept.redacted, false],
        off: [kept.redacted, false],
        full: [kept.redacted, kept.redacted],
      },
    );
    const count = kind === "llm.delta" ? 0 : 1;
    assert.equal((await through("meta", kind)).length, count);
  });
}

Deno.test("somebody decided about every kind of event", () => {
  const directory = new URL("../event/", import.meta.url);
  const kinds = [...Deno.readDirSync(directory)].flatMap(({ name }) => {
    const heads = Deno.readTextFileSync(new URL(name, directory)).match(/extends Head<[^>]+>/g) ?? [];
    return heads.flatMap((head) => [...head.matchAll(/"([a-z._]+)"/g)].map((found) => found[1]));
  });
  assert.deepEqual(Object.keys(META).toSorted(), kinds.toSorted());
  assert.deepEqual(Object.keys(KEPT).toSorted(), kinds.toSorted());
});

Deno.test("meta keeps sizes, timing, model, usage and names of tools", async () => {
  const [call] = await through("meta", "llm.call");
  const [exchange] = await through("meta", "http.exchange");
  const [exec] = await through("meta", "process.exec");
  assert.ok(call?.kind === "llm.call" && exchange?.kind === "http.exchange" && exec?.kind === "process.exec");
  assert.deepEqual(
    [call.model, call.usage.output_tokens, call.timing.duration_ms, call.endpoint, call.error],
    ["m", 2, 2, "https://h/v1", { type: "overloaded", message: "" }],
  );
  assert.deepEqual(call.request.tools, [{ name: "bash", description: null, parameters: null }]);
  assert.deepEqual(call.request.messages, [{ role: "user", parts: [] }]);
  assert.deepEqual(call.response.tool_calls, [{ id: "t1", name: "bash", input: null }]);
  assert.deepEqual([exchange.url, exchange.req_headers, exchange.resp_bytes], ["https://h/v1", {}, 1]);
  assert.deepEqual(exec.argv, ["x"]);
  const [message] = await through("meta", "mcp.message");
  assert.ok(message?.kind === "mcp.message");
  assert.deepEqual([message.method, message.endpoint, message.server], [
    "tools/call",
    "https://h/mcp",
    "files",
  ]);
});

Deno.test("digits that tell a container, and sizes, are no secrets", async () => {
  const container = "0123456789abcdef".repeat(4);
  const cgroup = `/system.slice/docker-${container}.scope`;
  const pipeline = new Pipeline({ boot: 0, level: "redacted", fold: "none" });
  const drafts: Draft[] = [{
    ...everyKind("-")["process.exec"] as Draft<ProcessExeced>,
    ...{ container, cgroup, env: ["API_KEY", "PASSWORD", "GITHUB_TOKEN", "PATH"] },
  }];
  const round = { type: "round", libraries: [], control: null, payload: null, losses: [] } as const;
  const [exec] = await pipeline.push({ ...round, now: 10 as Micros, drafts });
  assert.ok(exec?.kind === "process.exec");
  assert.deepEqual([exec.container, exec.cgroup, exec.env], [
    ...[container, cgroup],
    ["API_KEY", "PASSWORD", "GITHUB_TOKEN", "PATH"],
  ]);
});

Deno.test("at level off no payload is read, whatever arrives", async () => {
  const pipeline = new Pipeline({ boot: 0, level: "off", fold: "none" });
  const payload = new Uint8Array(100).fill(255);
  const round: Round = {
    type: "round",
    now: 1 as Micros,
    libraries: [],
    drafts: [],
    control: null,
    payload,
    losses: [],
  };
  assert.deepEqual([...await pipeline.push(round), ...await pipeline.end()], []);
});
