import { deepEqual, equal } from "node:assert/strict";
import type { Micros } from "../../event.ts";
import { event, llmCalled } from "../../testdata/events.ts";
import { TopModel } from "./model.ts";

const SECOND = 1_000_000;
const used = { processes: 2, threads: 3, cpu_us: 9, rss_kb: 2048, read_bytes: 0, written_bytes: 0 };

function started(seq: number) {
  const program = { exe: "/usr/bin/node", argv: ["node", "/usr/bin/gemini"], cwd: "/" };
  return event("process.exec", seq, { ...program, ppid: 1, uid: 0, gid: 0 });
}

Deno.test("what an agent did, from its events", () => {
  const model = new TopModel();
  model.push([
    started(1),
    event("file.open", 2, {
      path: "/a",
      access: "read",
      created: false,
      flags: "O_RDONLY",
      result: 0,
      count: 3,
    }),
    event("file.open", 3, { path: "/b", access: "read", created: false, flags: "O_RDONLY", result: -2 }),
    event("net.connect", 4, {
      ...{ family: "inet", addr: "10.0.0.1", port: 443, transport: "stream", result: 0, latency_us: 1 },
    }),
    llmCalled(5),
    llmCalled(6, { complete: false, cost_usd: null }),
    event("resource", 7, { ...used, cpu_percent: 12.4 }),
  ]);
  deepEqual(model.rows(0 as Micros), [{
    ...{ agent: "gemini", session: "s-10", state: "idle", calls: 2, input_tokens: 20, output_tokens: 10 },
    ...{ cost_usd: 0.25, execs: 1, files: 3, connections: 1, cpu_percent: 12.4, rss_kb: 2048, lost: 1 },
  }]);
});

Deno.test("what it does now", () => {
  const model = new TopModel();
  const state = () => model.rows(0 as Micros)[0]?.state;
  model.push([started(1), event("llm.delta", 2, { id: "c9", text: "so" })]);
  equal(state(), "answering");
  model.push([llmCalled(3, { id: "c9" })]);
  equal(state(), "idle");
  model.push([event("tool.call", 4, { id: "t1", name: "bash", input: {}, run_by: "agent", llm_call: "c9" })]);
  equal(state(), "running bash");
  const answer = { name: "bash", is_error: false, bytes: 1, run_by: "agent", llm_call: "c9" } as const;
  model.push([event("tool.result", 5, { id: "t1", ...answer })]);
  equal(state(), "idle");
});

Deno.test("who has ended stays a minute; what was lost is summed by class", () => {
  const model = new TopModel();
  model.push([started(1), event("resource", 2, { ...used, processes: 0, cpu_percent: 0 })]);
  equal(model.rows((30 * SECOND) as Micros)[0]?.state, "ended");
  deepEqual(model.rows((90 * SECOND) as Micros), []);
  const loss = { class: "file", reason: "throttled", unit: "events", session: null } as const;
  model.push([event("loss", 3, { ...loss, count: 2 }), event("loss", 4, { ...loss, count: 5 })]);
  deepEqual(model.losses.map(({ class: what, count }) => [what, count]), [["file", 7]]);
});

Deno.test("sessions without end are bounded", () => {
  const model = new TopModel();
  for (let i = 0; i < 2000; i++) {
    model.push([event("process.name", i, { session: `s-${i}` as never, name: "x", result: 0 })]);
  }
  equal(model.rows(0 as Micros).length, 500);
});
