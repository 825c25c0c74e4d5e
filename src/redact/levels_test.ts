/** What each `--capture` level keeps of every kind of event, through the whole pipeline. */
import assert from "node:assert/strict";
import type { Event, Kind, Micros } from "../event.ts";
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
  "process.running": { meta: false, redacted: true },
  "process.exec": { meta: false, redacted: true },
  "process.exit": { meta: false, redacted: false },
  // Names of files stay: they are what an agent did, not what it said.
  "file.open": { meta: true, redacted: true },
  "file.close": { meta: true, redacted: true },
  "file.unlink": { meta: true, redacted: true },
  "file.rmdir": { meta: true, redacted: true },
  "file.mkdir": { meta: true, redacted: true },
  "file.rename": { meta: true, redacted: true },
  "net.connect": { meta: false, redacted: false },
  "http.exchange": { meta: false, redacted: true },
  "llm.call": { meta: false, redacted: true },
  "llm.delta": { meta: false, redacted: true },
  "tool.call": { meta: false, redacted: true },
  "tool.result": { meta: false, redacted: false },
  "mcp.message": { meta: false, redacted: true },
  loss: { meta: false, redacted: false },
  coverage: { meta: false, redacted: false },
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
  const folder = new URL("../event/", import.meta.url);
  const sources = [...Deno.readDirSync(folder)].map(({ name }) =>
    Deno.readTextFileSync(new URL(name, folder))
  );
  const heads = sources.flatMap((source) => source.match(/extends Head<[^>]+>/g) ?? []);
  const kinds = heads.flatMap((head) => [...head.matchAll(/"([a-z.]+)"/g)].map((found) => found[1]));
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
