/** What agents themselves say of their tokens, cost and conversation, beside what was seen of their calls. */
import assert from "node:assert/strict";
import { isRecord } from "../../samples/llm/dialect.ts";
import { ofKind } from "../support/agentsight.ts";
import type { AgentRow } from "./agent_row.ts";
import { AgentWorld } from "./agent_world.ts";
import { claudeCodeRow } from "./claude_code.ts";
import { codexHttps } from "./codex.ts";
import { traceAgent } from "./run_agent.ts";

interface Said {
  readonly input: unknown;
  readonly output: unknown;
  readonly cacheRead: unknown;
  readonly reasoning: unknown;
  readonly conversation: unknown;
  /** US dollars; null when the agent says nothing of them. */
  readonly cost: number | null;
}

interface Teller {
  readonly row: AgentRow;
  /** Makes it tell. */
  readonly args: (args: readonly string[]) => readonly string[];
  readonly read: (lines: readonly Record<string, unknown>[]) => Said;
}

const tellers: readonly Teller[] = [
  {
    row: claudeCodeRow("2.1.330"),
    args: (args) => [...args, "--output-format", "json"],
    read: (lines) => {
      const { usage, session_id: conversation, total_cost_usd } = lines.find(({ usage }) => usage)!;
      assert.ok(isRecord(usage) && isRecord(usage.output_tokens_details));
      // Its own count of input leaves out what the cache gave.
      const read = Number(usage.cache_read_input_tokens);
      return {
        input: Number(usage.input_tokens) + read + Number(usage.cache_creation_input_tokens),
        output: usage.output_tokens,
        cacheRead: read,
        reasoning: usage.output_tokens_details.thinking_tokens,
        conversation,
        cost: Number(total_cost_usd),
      };
    },
  },
  {
    row: codexHttps("0.169.0"),
    args: ([exec, ...rest]) => [exec!, "--json", ...rest],
    read: (lines) => {
      const { thread_id: conversation } = lines.find(({ type }) => type === "thread.started")!;
      const { usage } = lines.find(({ type }) => type === "turn.completed")!;
      assert.ok(isRecord(usage));
      return {
        input: usage.input_tokens,
        output: usage.output_tokens,
        cacheRead: usage.cached_input_tokens,
        reasoning: usage.reasoning_output_tokens,
        conversation,
        cost: null,
      };
    },
  },
];

export const ownCounts = tellers.map((teller) => ({
  name: `${teller.row.name} counts as AgentSight does`,
  check: () => check(teller),
}));

async function check({ row, args, read }: Teller): Promise<void> {
  await using world = new AgentWorld({ alpn: ["http/1.1"], trusted: true });
  const prepare = (world: AgentWorld) => {
    const start = row.prepare(world);
    return { ...start, args: args(start.args) };
  };
  const { events, stderr } = await traceAgent({ ...row, prepare }, world);
  // With `--json` the agent's own words go to stderr.
  const lines = stderr.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  const said = read(lines);
  const calls = ofKind(events, "llm.call");
  const sum = (name: keyof typeof calls[0]["usage"]) =>
    calls.reduce((total, { usage }) => total + (usage[name] ?? 0), 0);
  assert.deepEqual(
    {
      input: sum("input_tokens"),
      output: sum("output_tokens"),
      cacheRead: sum("cache_read_tokens"),
      reasoning: sum("reasoning_tokens"),
      conversation: calls[0]?.conversation,
      cost: said.cost,
    },
    said,
  );
  if (said.cost === null) return;
  const cost = calls.reduce((total, { cost_usd }) => total + cost_usd!, 0);
  assert.ok(Math.abs(cost - said.cost) < 1e-9, `${cost} US dollars, ${said.cost} in the agent's own words`);
}
