/** The model calls tools, the agent asks MCP servers for them: over HTTP and over stdio, through the whole interpret stage. */
import { deepEqual } from "node:assert/strict";
import { Interpreter } from "../interpreter.ts";
import { ASK, START, stop, toolUse } from "../llm/testdata/anthropic.ts";
import { ACTOR, json, ofKind, post, records as overHttp, sse } from "../llm/testdata/wire.ts";
import { actor, ask, records as overPipes, reply, rpc, shown } from "./testdata/talk.ts";

const CALLS = sse([
  START,
  ...toolUse(0, "toolu_1", '{"path":', '"/a"}'),
  ...toolUse(1, "toolu_2", '{"q":1}'),
  ...toolUse(2, "toolu_3", '{"command":"ls"}'),
  ...stop("tool_use", 9),
]);

Deno.test("tool calls are joined to the messages that carry them out, on whatever transport", () => {
  const server = actor(20, "server");
  const pipes = [{ conn: 11, writer: ACTOR, reader: server }, { conn: 12, writer: server, reader: ACTOR }];
  const name = "Bash";
  const piped = overPipes([
    { ...ask(rpc({ id: 1, method: "tools/call", params: { name, arguments: { path: "/a" } } })), on: 11 },
    { ...reply(rpc({ id: 1, result: { content: [] } })), on: 12 },
  ], { pipes });
  const posted = overHttp([
    post("/mcp", rpc({ id: 1, method: "tools/call", params: { name, arguments: { q: 1 } } })),
    json(rpc({ id: 1, result: { content: [] } })),
  ], { conn: 13 });
  const interpreter = new Interpreter();
  const drafts = [
    ...interpreter.push(overHttp([post("/v1/messages", ASK), CALLS], { still: true })),
    ...interpreter.push([...piped, ...posted]),
  ];
  deepEqual(ofKind(drafts, "tool.call").map(({ id }) => id), ["toolu_1", "toolu_2", "toolu_3"]);
  deepEqual(shown(ofKind(drafts, "mcp.message")).map((line) => line.replace(/ \(.*\)/, "")), [
    "client→ request tools/call 1 = toolu_1",
    "server→ response tools/call 1 = toolu_1",
    "client→ request tools/call 1 = toolu_2",
    "client← response tools/call 1 = toolu_2",
  ]);
  deepEqual(interpreter.takeLosses(), []);
});
