/** Agents that are given an MCP server: each tool use of the model, the messages that carry it out, and its result. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { isRecord } from "../../samples/llm/dialect.ts";
import type { ToolRequest } from "../../samples/llm/script.ts";
import type { Event, McpMessaged } from "../../src/event.ts";
import { ofKind } from "../support/agentsight.ts";
import { type McpServer, startMcpServer } from "../support/mcp_servers.ts";
import type { Decide } from "./agent_model.ts";
import type { AgentRow } from "./agent_row.ts";
import { AgentWorld } from "./agent_world.ts";
import { assertCalls, toolName } from "./call_case.ts";
import { claudeCodeRow } from "./claude_code.ts";
import { codexHttps } from "./codex.ts";
import { traceAgent } from "./run_agent.ts";

interface Agent {
  readonly row: AgentRow;
  /** Tells the agent of the server, by the name `test`; the arguments to add. */
  readonly configure: (world: AgentWorld, server: McpServer) => readonly string[];
  /** The model's name of a server's tool. */
  readonly named: (tool: string) => Pick<ToolRequest, "name" | "namespace">;
  /** What the model has to do first. */
  readonly before: (tools: readonly string[]) => readonly ToolRequest[];
  /** Whether its API has a place for it that a tool failed. */
  readonly tellsErrors: boolean;
}

const claude: Agent = {
  row: claudeCodeRow("2.1.330"),
  configure: (_, server) => {
    const config = server.transport === "stdio"
      ? { command: server.command, args: server.args }
      : { type: server.transport, url: server.url };
    const options = ["--strict-mcp-config", "--mcp-config", JSON.stringify({ mcpServers: { test: config } })];
    return ["--allowedTools", "mcp__test", ...options];
  },
  named: (tool) => ({ name: `mcp__test__${tool}` }),
  before: (tools) => {
    const query = `select:${tools.map((tool) => `mcp__test__${tool}`).join()}`;
    return [{ name: "ToolSearch", input: { query, max_results: tools.length } }];
  },
  tellsErrors: true,
};

const codex: Agent = {
  row: codexHttps("0.169.0"),
  configure: (world, server) => {
    const config = server.transport === "stdio"
      ? [`command = ${JSON.stringify(server.command)}`, `args = ${JSON.stringify(server.args)}`]
      : [`url = ${JSON.stringify(server.url)}`];
    const path = join(world.home, ".codex/config.toml");
    Deno.writeTextFileSync(path, ["", "[mcp_servers.test]", "required = true", ...config, ""].join("\n"), {
      append: true,
    });
    return [];
  },
  named: (tool) => ({ name: tool.replaceAll("-", "_"), namespace: "mcp__test" }),
  before: () => [],
  tellsErrors: false,
};

/** What every change is tested with. */
export const currentMcp = [
  checkOf("Claude Code", { agent: claude, transport: "stdio" }),
  checkOf("Codex", { agent: codex, transport: "http" }),
];

export const otherMcp = [
  checkOf("Claude Code", { agent: claude, transport: "http" }),
  checkOf("Claude Code", { agent: claude, transport: "sse" }),
  checkOf("Codex", { agent: codex, transport: "stdio" }),
];

function checkOf(name: string, on: { agent: Agent; transport: McpServer["transport"] }) {
  return {
    name: `${name}'s MCP tools over ${on.transport} are joined to the messages that carry them out`,
    check: () => check(on),
  };
}

async function check(
  { agent, transport }: { agent: Agent; transport: McpServer["transport"] },
): Promise<void> {
  let turns: readonly (readonly ToolRequest[])[] = [];
  await using world = new AgentWorld({
    alpn: ["http/1.1"],
    trusted: true,
    decide: (...about) => useTools(turns)(...about),
  });
  await using server = await startMcpServer(transport, world.workspace);
  const tools = [...new Set(server.uses.flat().map(({ name }) => name))];
  const asked = server.uses.map((uses) => uses.map(({ name, input }) => ({ ...agent.named(name), input })));
  const before = agent.before(tools);
  turns = [...(before.length > 0 ? [before] : []), ...asked];
  const row = {
    ...agent.row,
    prepare: (world: AgentWorld) => {
      const { args, env } = agent.row.prepare(world);
      const more = agent.configure(world, server);
      return { args: [...args, ...more], env };
    },
  };
  const { events, stderr } = await traceAgent(row, world);
  assert.deepEqual(ofKind(events, "loss"), [], stderr.slice(-4000));
  assertCalls(world.model.exchanges, events);
  assertCarriedOut(events, { agent, server, asked: asked.flat() });
}

/** Uses the tools turn by turn, then answers. */
function useTools(turns: readonly (readonly ToolRequest[])[]): Decide {
  return (request, before) => {
    // Titles and the like are asked for without tools.
    if (!Array.isArray(request.tools) || request.tools.length === 0) {
      return { part: "aside", turn: { text: "Tools" } };
    }
    const done = before.filter(({ part }) => part !== "aside").length;
    const tools = turns[done];
    if (!tools) return { part: "answer", turn: { text: "The tools were used." } };
    const part = tools.length > 1 ? "parallel tool calls" : "tool call";
    return { part, turn: { text: `Turn ${done}.`, tools } };
  };
}

/** Each use has one request and one answer, told by who sent or received them, and a result of the same id. */
function assertCarriedOut(
  events: readonly Event[],
  { agent, server, asked }: { agent: Agent; server: McpServer; asked: readonly ToolRequest[] },
): void {
  const messages = ofKind(events, "mcp.message").filter(({ method }) => method === "tools/call");
  assert.deepEqual(
    messages.filter(({ type }) => type === "request").map(({ params }) => useOf(params)).sort(byText),
    server.uses.flat().toSorted(byText),
  );
  assert.ok(messages.every(({ transport }) => transport === server.transport));
  const calls = ofKind(events, "tool.call").filter(({ name }) => asked.some((one) => name === toolName(one)));
  assert.equal(calls.length, asked.length);
  for (const { id, name, input, pid } of calls) {
    const [request, answer, ...more] = messages.filter(({ tool_call }) => tool_call === id);
    assert.ok(request && answer && more.length === 0, `${name} ${id}`);
    const use = useOf(request.params);
    assert.ok(name.replaceAll("_", "-").endsWith(use.name.replaceAll("_", "-")));
    assert.deepEqual(use.input, input);
    assert.deepEqual([request.type, request.role, request.direction, request.pid], [
      "request",
      "client",
      "send",
      pid,
    ]);
    assert.deepEqual([answer.type, answer.id], ["response", request.id]);
    assert.ok(request.seq < answer.seq);
    assertEnds(request, answer);
    const [result] = ofKind(events, "tool.result").filter((result) => result.id === id);
    const failed = isRecord(answer.result) && answer.result.isError === true;
    assert.equal(result?.is_error, failed && agent.tellsErrors);
  }
}

/** Both ends of a pipe are followed, and each tells what it wrote; of HTTP the client's end is. */
function assertEnds(request: McpMessaged, answer: McpMessaged): void {
  if (request.transport !== "stdio") {
    assert.deepEqual([answer.role, answer.direction, answer.pid], ["client", "recv", request.pid]);
    assert.ok(answer.peer && "port" in answer.peer && answer.peer.port > 0);
    return;
  }
  assert.deepEqual([answer.role, answer.direction], ["server", "send"]);
  assert.ok(request.peer && "pid" in request.peer && answer.peer && "pid" in answer.peer);
  assert.deepEqual([request.peer.pid, answer.peer.pid], [answer.pid, request.pid]);
}

function useOf(params: unknown): ToolRequest {
  assert.ok(isRecord(params) && isRecord(params.arguments));
  return { name: String(params.name), input: params.arguments };
}

function byText(a: ToolRequest, b: ToolRequest): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
