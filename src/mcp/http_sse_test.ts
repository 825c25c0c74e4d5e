import { deepEqual, equal } from "node:assert/strict";
import { post, records } from "../llm/testdata/wire.ts";
import { events, follow, get, INIT, reply, WELCOME } from "./testdata/http_talk.ts";
import { rpc, shown } from "./testdata/talk.ts";

Deno.test("the older transport: answers on one stream, requests to the address that it names", () => {
  const open = (id: string, conn: number) => {
    const listening = records([
      get("/sse"),
      events(
        `event: endpoint\ndata: /messages?sessionId=${id}\n\n`,
        WELCOME,
        rpc({ id: 1, method: "roots/list" }),
        rpc({ id: 1, result: { tools: [id] } }),
      ),
    ], { conn, sizes: [120] });
    const posting = records([
      post(`/messages?sessionId=${id}`, INIT, { host: "mcp.test" }),
      reply("", { status: 202 }),
      post(`/messages?sessionId=${id}`, rpc({ id: 1, method: "tools/list" }), { host: "mcp.test" }),
      reply("", { status: 202 }),
    ], { conn: conn + 1 });
    return { listening, posting };
  };
  const [a, b] = [open("aa", 1), open("bb", 3)];
  // The address arrives first, then requests, then the rest of the stream.
  const input = [
    ...a.listening.slice(0, 4),
    ...b.listening.slice(0, 4),
    ...a.posting,
    ...b.posting,
    ...a.listening.slice(4),
    ...b.listening.slice(4),
  ];
  const { drafts, losses } = follow(input);
  deepEqual(losses, []);
  const told = shown(drafts).map((line) => line.replace(/ \(.*/, ""));
  const asked = ["client→ request initialize 0", "client→ request tools/list 1"];
  const answered = [
    "client← response initialize 0",
    "client← request roots/list 1",
    "client← response tools/list 1",
  ];
  deepEqual(told, [...asked, ...asked, ...answered, ...answered]);
  equal(drafts.every(({ transport }) => transport === "sse"), true);
});
