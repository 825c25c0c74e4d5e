/** What has to be true of an agent's run, and of what AgentSight saw of it. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ofKind } from "../support/agentsight.ts";
import { type CapturedConnection, plainText } from "../support/plain_text.ts";
import type { TeeConnection } from "../support/tls_tee.ts";
import type { AgentRow } from "./agent_row.ts";
import { AgentWorld } from "./agent_world.ts";
import { assertCalls } from "./call_case.ts";
import { type AgentRun, runAgent, traceAgent, type TracedRun } from "./run_agent.ts";
import { sentText } from "./sent_text.ts";

/** Enough to see why, of an agent's and AgentSight's words. */
const MAX_WORDS = 4000;

/** HTTP/2's frame of 8 bytes, type 7, no flags, on stream 0. */
const goaway = "000008070000000000";

/** The agent by itself: says whether the table is right before anything is said about capture. */
export async function checkUntraced(row: AgentRow): Promise<void> {
  await using world = worldOf(row);
  const run = await runAgent(row, world);
  assertConversation(row, { world, run });
  assert.equal(run.code, 0, run.stderr.slice(-MAX_WORDS));
}

/** The agent under AgentSight: everything it sent and received is there, byte for byte. */
export async function checkTraced(row: AgentRow): Promise<void> {
  await using world = worldOf(row);
  const run = await traceAgent(row, world);
  assertConversation(row, { world, run });
  assertCaptured(world, run);
  assertCalls(world.model.exchanges, run.events);
}

function worldOf({ alpn = ["h2", "http/1.1"], trusted = false, relay }: AgentRow): AgentWorld {
  return new AgentWorld({ alpn, trusted, ...(relay ? { relay } : {}) });
}

/** The tool ran, the answer came, and it went over the protocol that the row is about. */
function assertConversation(row: AgentRow, { world, run }: { world: AgentWorld; run: AgentRun }): void {
  const output = `${run.stdout}\n${run.stderr}`;
  const words = output.split("\n").filter((line) => !line.startsWith("{")).join("\n").slice(-MAX_WORDS);
  assert.ok(world.proven, `the command did not run, exit code ${run.code}:\n${words}`);
  assert.ok(output.includes(world.answer), words);
  const { exchanges } = world.model;
  assert.deepEqual(exchanges.map(({ part }) => part).filter((part) => part !== "aside"), [
    "tool call",
    "parallel tool calls",
    "answer",
  ]);
  const isSocket = row.protocol === "WebSocket";
  assert.ok(exchanges.every(({ transport }) => (transport === "WebSocket") === isSocket));
  const [conversation] = world.tee.connections.filter(({ received }) =>
    sentText(received).includes(world.prompt)
  );
  assert.equal(conversation?.alpn === "h2", row.protocol === "HTTP/2");
}

function assertCaptured(world: AgentWorld, { code, events, rounds, stderr }: TracedRun): void {
  assert.deepEqual(ofKind(events, "loss"), []);
  const { connections, losses } = plainText(rounds);
  assert.deepEqual(losses, []);
  const captured = connections.filter(({ data }) => data.length > 0);
  assert.deepEqual(
    captured.map(digestOfCapture).sort(),
    world.tee.connections.filter(({ received, sent }) => received.length + sent.length > 0).map(digestOfTruth)
      .sort(),
  );
  assert.equal(code, 0, stderr.slice(-MAX_WORDS));
  const text = captured.map((connection) => sentText(connection.bytes("send"))).join("\n");
  // Deflated messages are only readable as calls.
  for (const { requestBody, path } of world.deflates ? [] : world.model.exchanges) {
    assert.ok(text.includes(requestBody), `a request to ${path} is not in the plain text`);
  }
  const attached = new Set(
    ofKind(events, "coverage").filter(({ status }) => status === "attached").map(({ pid }) => pid),
  );
  for (const { actor } of captured) assert.ok(attached.has(actor.pid), `${actor.comm} is not covered`);
}

function digestOfCapture(connection: CapturedConnection): string {
  return digest(connection.bytes("send"), connection.bytes("recv"));
}

function digestOfTruth({ received, sent }: TeeConnection): string {
  return digest(received, sent);
}

/** Sizes first: they say at a glance what is missing. */
function digest(sent: Uint8Array, received: Uint8Array): string {
  const read = withoutGoodbye(received);
  const hash = createHash("sha256").update(sent).update(read).digest("hex");
  return `${sent.length} sent, ${read.length} received: ${hash}`;
}

/** An HTTP/2 client says GOAWAY and leaves: the server's own GOAWAY is sent to it or not, and read or not. */
function withoutGoodbye(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(-17).toHex().startsWith(goaway) ? bytes.subarray(0, -17) : bytes;
}
