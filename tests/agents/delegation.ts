/** Calls at the same time: two agents, and the subagents of one. */
import assert from "node:assert/strict";
import { isRecord } from "../../samples/llm/dialect.ts";
import type { ToolRequest } from "../../samples/llm/script.ts";
import type { Event } from "../../src/event.ts";
import { ofKind } from "../support/agentsight.ts";
import type { Decide } from "./agent_model.ts";
import { AgentWorld } from "./agent_world.ts";
import { assertCalls, assertEachCall } from "./call_case.ts";
import { claudeCodeRow } from "./claude_code.ts";
import { codexHttps } from "./codex.ts";
import { requestTexts } from "./request_texts.ts";
import { traceAgent, traceTogether } from "./run_agent.ts";

const claude = claudeCodeRow("2.1.330");
const codex = codexHttps("0.169.0");
const PROMPTS = [
  "Count the vowels of the word moonlight and say the number, nothing else.",
  "Count the consonants of the word moonlight and say the number, nothing else.",
];
/** A call that meets no other goes on alone. */
const PATIENCE_MS = 5_000;

export const delegation = [
  {
    name: "Claude Code and Codex at once are told apart",
    check: checkTogether,
  },
  {
    name: "Claude Code's subagents, two calls in flight in one process, are told from its main loop",
    check: checkSubagents,
  },
];

async function checkTogether(): Promise<void> {
  await using first = new AgentWorld({ alpn: ["http/1.1"], trusted: true });
  await using second = new AgentWorld({ alpn: ["http/1.1"], trusted: true });
  const { events, stderr } = await traceTogether([[claude, first], [codex, second]]);
  for (const world of [first, second]) {
    assert.ok(world.proven, stderr.slice(-4000));
    assertCalls(world.model.exchanges, through(world, events));
  }
  const pids = ofKind(events, "llm.call").map(({ provider, pid }) => `${provider} ${pid}`);
  assert.equal(new Set(pids).size, 2, pids.join());
  assert.deepEqual(ofKind(events, "loss"), []);
}

/** The calls of one world, and what belongs to them. */
function through({ tee }: AgentWorld, events: readonly Event[]): Event[] {
  const calls = ofKind(events, "llm.call").filter(({ endpoint }) => endpoint.includes(`:${tee.port}/`));
  const ids = new Set(calls.map(({ id }) => id));
  return events.filter((event) =>
    (event.kind === "llm.call" && ids.has(event.id)) || ("llm_call" in event && ids.has(event.llm_call))
  );
}

async function checkSubagents(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using world = new AgentWorld({
    alpn: ["http/1.1"],
    trusted: true,
    decide: delegate(promise, resolve),
  });
  const { events, stderr } = await traceAgent(claude, world);
  const told = assertEachCall(world.model.exchanges, events);
  const main = told.filter(({ exchange }) => exchange.part !== "aside").map(({ call }) => call);
  assert.equal(main.length, 2, stderr.slice(-4000));
  const tools = main[0]!.response.tool_calls;
  assert.equal(main[1]!.continues, main[0]!.id);
  assert.ok(main.every(({ subagent, spawned_by }) => subagent !== true && spawned_by === null));
  const subagents = PROMPTS.map((prompt) => {
    const { call } = told.find(({ exchange }) => isTaskOf(exchange.requestBody, prompt))!;
    const tool = tools.find(({ input }) => isRecord(input) && input.prompt === prompt)!;
    assert.deepEqual([call.subagent, call.spawned_by, call.thread], [true, tool.id, call.id]);
    return call;
  });
  const [a, b] = subagents.map(({ timing: { start, duration_ms } }) =>
    [start, start + duration_ms * 1000] as const
  );
  assert.ok(a![0] < b![1] && b![0] < a![1], "both were in flight at once");
  assert.equal(subagents[0]!.pid, subagents[1]!.pid);
}

/** Two subagents, whose answers wait for each other. */
function delegate(both: Promise<void>, met: () => void): Decide {
  let waiting = 0;
  return (request) => {
    const body = JSON.stringify(request);
    const prompt = PROMPTS.findIndex((prompt) => isTaskOf(body, prompt));
    if (prompt >= 0) {
      if (++waiting === PROMPTS.length) met();
      const until = Promise.race([both, new Promise<void>((late) => setTimeout(late, PATIENCE_MS))]);
      return { part: "aside", turn: { text: `It has ${prompt === 0 ? 3 : 6}.` }, until };
    }
    const results = body.includes('"tool_result"');
    if (results) return { part: "answer", turn: { text: "Three vowels, six consonants." } };
    if (!body.includes('"Agent"')) return { part: "aside", turn: { text: "Moonlight" } };
    return { part: "tool call", turn: { text: "I ask two others.", tools: PROMPTS.map(task) } };
  };
}

function task(prompt: string): ToolRequest {
  const input = {
    description: "Count letters",
    prompt,
    subagent_type: "general-purpose",
    run_in_background: false,
  };
  return { name: "Agent", input };
}

function isTaskOf(body: string, prompt: string): boolean {
  const request: unknown = JSON.parse(body);
  if (!isRecord(request) || !Array.isArray(request.messages)) return false;
  return requestTexts(JSON.stringify({ messages: request.messages.slice(0, 1) })).some((text) =>
    text.trim() === prompt
  );
}
