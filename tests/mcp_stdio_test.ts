/** MCP over stdio under `trace`: every message between a real client and a real server, captured at their writes. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { McpMessaged } from "../src/event.ts";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { eras, mcpSession, saidByClient } from "./support/mcp_session.ts";

/** More is told by its size. */
const MAX_VALUE = 256 << 10;

for (const era of eras) {
  bpfTest(
    `a real MCP client of ${era} and its server: every message, who said it, what it answers`,
    async () => {
      const command = await mcpSession(era);
      const { code, events, stderr } = await agentsight([
        ...["trace", "--json", "--no-server", "--no-store", "--capture", "full", "--", ...command],
      ]);
      equal(code, 0, stderr);
      deepEqual(ofKind(events, "loss"), []);
      const account = stderr.split("\n").find((line) => line.startsWith('{"pid":'));
      const { pid: server, messages } = saidByClient(account!);
      const told = ofKind(events, "mcp.message");
      equal(new Set(told.map(({ session }) => session)).size, 1);
      for (const key of ["sent", "received"] as const) {
        const own = messages.flatMap((said) => key in said ? Object.values(said) : []);
        const seen = told.filter(({ pid }) => (pid === server) === (key === "received"));
        // The client's account starts after it has found out which era the server is of.
        deepEqual(seen.slice(-own.length).map(asSent), own);
        for (const { role, transport, direction, peer, complete } of seen) {
          // Asked for its era, a server may be started once more than it is talked to.
          const client = role === "client";
          deepEqual([transport, direction, complete], ["stdio", "send", true]);
          ok(peer && "pid" in peer && (key === "received" || client || peer.pid !== server));
        }
        for (const { role, peer } of seen.slice(-own.length)) {
          equal(role, key === "sent" ? "client" : "server");
          ok(peer && "pid" in peer && (peer.pid === server) === (key === "sent"));
        }
      }
      const answers = told.filter(({ type }) => type === "response" || type === "error");
      ok(
        answers.every(({ method, duration_ms }) =>
          method !== null && duration_ms !== null && duration_ms >= 0
        ),
      );
    },
  );
}

/** The event as the message that it was. */
function asSent({ type, id, method, params, result, error }: McpMessaged): unknown {
  ok(JSON.stringify([params, result]).length < MAX_VALUE);
  const fields = type === "notification"
    ? { method, params }
    : type === "request"
    ? { id, method, params }
    : type === "response"
    ? { id, result }
    : { id, error };
  return JSON.parse(JSON.stringify({ jsonrpc: "2.0", ...fields }));
}
