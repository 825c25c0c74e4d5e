import assert from "node:assert/strict";
import type { McpMessaged, Micros } from "../../src/event.ts";
import { event } from "./fixture.ts";
import { mcpExchanges, mcpNote } from "./mcp.ts";

function message(seq: number, fields: Partial<McpMessaged>): McpMessaged {
  return event(seq, {
    kind: "mcp.message",
    transport: "stdio",
    role: "client",
    direction: "send",
    type: "request",
    method: "tools/call",
    id: seq,
    peer: { pid: 20, start: 2, comm: "fs-server" },
    endpoint: null,
    server: null,
    protocol_version: null,
    duration_ms: null,
    tool_call: null,
    complete: true,
    ...fields,
  });
}

const answer = { direction: "recv", type: "response", duration_ms: 12 } as const;

const cases: readonly (readonly [string, readonly McpMessaged[], readonly unknown[][]])[] = [
  ["nothing", [], []],
  ["a tool's request and answer", [
    message(1, { params: { name: "read_file", arguments: {} }, tool_call: "t1" }),
    message(2, { ...answer, id: 1, result: { content: [] }, server: "fs" }),
  ], [["tools/call read_file", "fs", "12 ms", "t1"]]],
  ["each end of a pipe tells what it wrote; ids of another client's", [
    message(1, { id: 1, params: { name: "read_file" }, tool_call: "t1" }),
    message(2, { id: 1, params: { name: "other" }, pid: 11 }),
    message(3, {
      ...{ type: "response", id: 1, result: {}, duration_ms: 12, tool_call: "t1" },
      ...{
        role: "server",
        pid: 20,
        start: 2 as Micros,
        peer: { pid: 10, start: 1 as Micros, comm: "agent" },
      },
    }),
  ], [["tools/call read_file", "fs-server", "12 ms", "t1"], [
    "tools/call other",
    "fs-server",
    "no answer",
    null,
  ]]],
  ["answers out of order, ids of two types", [
    message(1, { id: 1 }),
    message(2, { id: "1", method: "resources/read", params: { uri: "file:///a" } }),
    message(3, { ...answer, id: "1", duration_ms: 1, result: {} }),
    message(4, { ...answer, id: 1, duration_ms: 2, result: {} }),
  ], [
    ["tools/call", "fs-server", "2.0 ms", null],
    ["resources/read file:///a", "fs-server", "1.0 ms", null],
  ]],
  ["a request of each side with one id", [
    message(1, { id: 7 }),
    message(2, { id: 7, direction: "recv", method: "sampling/createMessage" }),
    message(3, { ...answer, direction: "send", id: 7, duration_ms: 5, result: {} }),
  ], [["tools/call", "fs-server", "no answer", null], [
    "sampling/createMessage",
    "fs-server",
    "5.0 ms",
    null,
  ]]],
  ["errors of the protocol and of the tool", [
    message(1, { id: 1 }),
    message(2, { ...answer, type: "error", id: 1, error: { code: -32602, message: "no such tool" } }),
    message(3, { id: 3 }),
    message(4, { ...answer, id: 3, result: { isError: true, content: [{ type: "text", text: "denied" }] } }),
  ], [
    ["tools/call", "fs-server", "failed: no such tool, 12 ms", null],
    ["tools/call", "fs-server", "failed: denied, 12 ms", null],
  ]],
  ["an answer alone, a notification", [
    message(1, { type: "notification", id: null, method: "notifications/progress" }),
    message(2, { ...answer, method: null, id: 9, result: null, tool_call: "t" }),
  ], [["unknown method", "fs-server", "12 ms", "t"]]],
];

for (const [name, events, expected] of cases) {
  Deno.test(`MCP exchanges: ${name}`, () => {
    assert.deepEqual(
      mcpExchanges(events).map((one) => [one.name, one.server, mcpNote(one), one.tool_call]),
      expected,
    );
  });
}
