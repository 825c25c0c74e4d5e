import { deepEqual, equal, ok } from "node:assert/strict";
import pc from "picocolors";
import type { SessionId } from "../../event.ts";
import { columns as widthOf } from "../terminal.ts";
import type { AgentRow } from "./model.ts";
import { formatTop, type Order, orders, sorted } from "./view.ts";

const colors = pc.createColors(false);

function row(agent: string, more: Partial<AgentRow> = {}): AgentRow {
  return {
    ...{ agent, session: `s-${agent}` as SessionId, state: "idle", calls: 1, input_tokens: 1200 },
    ...{ output_tokens: 30, cost_usd: null, execs: 2, files: 3, connections: 4, cpu_percent: 5.4 },
    ...{ rss_kb: 1024, lost: 0 },
    ...more,
  };
}

const view = { order: "cpu", reversed: false, width: 120, height: 24, colors } as const;
const rows = [
  row("claude", { cost_usd: 0.5, cpu_percent: 1 }),
  row("codex", { state: "running bash", cpu_percent: 80 }),
];

Deno.test("a table of agents, the busiest first, with their sum and what was lost", () => {
  deepEqual(formatTop({ rows, losses: [] }, view), [
    "AGENT     SESSION   STATE         CALLS     IN  OUT     COST  EXECS  FILES  CONNS  CPU▼      MEM  LOST",
    "codex     s-codex   running bash      1  1,200   30        –      2      3      4   80%  1.0 MiB     0",
    "claude    s-claude  idle              1  1,200   30  $0.5000      2      3      4    1%  1.0 MiB     0",
    "2 agents                              2  2,400   60  $0.5000      4      6      8   81%  2.0 MiB     0",
    "nothing lost",
  ]);
});

Deno.test("no line is wider than the terminal, however narrow", () => {
  const hostile = [row("a".repeat(300) + "\x1b[31m"), row("日本語".repeat(40)), ...rows];
  const losses = [{ class: "file", reason: "throttled", unit: "events", count: 12 }] as const;
  for (const width of [40, 60, 80, 100, 140]) {
    for (const line of formatTop({ rows: hostile, losses }, { ...view, width })) {
      ok(widthOf(line) <= width, `${width}: ${line}`);
      ok(!line.includes("\x1b"));
    }
  }
});

Deno.test("as many agents as there are lines", () => {
  const many = Array.from({ length: 100 }, (_, i) => row(`agent-${i}`));
  equal(formatTop({ rows: many, losses: [] }, { ...view, height: 10 }).length, 10);
});

Deno.test("without an agent it says what it waits for", () => {
  const [line] = formatTop({ rows: [], losses: [] }, view);
  equal(line, "no agent yet: any process that talks to an LLM shows up here");
});

Deno.test("sorted by each column, and the other way round", () => {
  const most = row("z", {
    ...{ calls: 9, input_tokens: 9999, cost_usd: 9, execs: 9, files: 9, connections: 9, cpu_percent: 9 },
    ...{ rss_kb: 9999, lost: 9 },
  });
  const list = [row("b"), most, row("a")];
  const first = (order: Order, reversed: boolean) => sorted(list, { order, reversed })[0]?.agent;
  for (const order of orders) equal(first(order, false), order === "agent" ? "a" : "z");
  equal(first("agent", true), "z");
  equal(first("cpu", true), "b");
});
