import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { ask, CLIENT, follow, INIT, records, reply, rpc, SERVER, shown, WELCOME } from "./testdata/talk.ts";
import { TRANSCRIPTS } from "./testdata/transcripts.ts";

for (const { name, said, events, server, version } of TRANSCRIPTS) {
  Deno.test(`stdio, ${name}`, () => {
    const { drafts, losses, held } = follow(records(said));
    deepEqual([shown(drafts), losses, held], [events, [], 0]);
    const last = drafts.at(-1)!;
    deepEqual([last.server, last.protocol_version, last.transport], [server, version, "stdio"]);
    for (const { pid, role, peer } of drafts) {
      const [own, other] = role === "client" ? [CLIENT, SERVER] : [SERVER, CLIENT];
      deepEqual([pid, peer], [own.pid, { pid: other.pid, start: other.start, comm: other.comm }]);
    }
  });

  Deno.test(`property: stdio, ${name}, in any pieces`, () => {
    const expected = follow(records(said)).drafts;
    deepEqual(follow(records(said, { sizes: [1] })).drafts, expected);
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (sizes) => {
      deepEqual(follow(records(said, { sizes })).drafts, expected);
    }));
  });
}

Deno.test("what was sent is told as it was sent", () => {
  const { drafts } = follow(records([ask(INIT), reply(WELCOME, rpc({ id: 7, method: "ping" }))]));
  deepEqual(drafts.map(({ params, result }) => ({ params, result })), [
    { params: { protocolVersion: "2025-06-18" }, result: undefined },
    { params: undefined, result: { protocolVersion: "2025-06-18", serverInfo: { name: "s" } } },
    { params: undefined, result: undefined },
  ]);
});

Deno.test("other protocols that speak JSON-RPC are not MCP", () => {
  const { drafts, losses } = follow(records([
    ask(rpc({ id: 0, method: "initialize", params: { protocolVersion: 1, clientCapabilities: {} } })),
    reply(rpc({ id: 0, result: { protocolVersion: 1 } })),
    ask(rpc({ id: 1, method: "session/prompt", params: {} })),
  ]));
  deepEqual([drafts, losses], [[], ["mcp unrecognised 3"]]);
});

Deno.test("a value of more than 256 KiB is told by its size, and one nested too deep too", () => {
  const text = "é".repeat(200_000);
  const deep = "[".repeat(50_000) + "]".repeat(50_000);
  const { drafts } = follow(records([
    ask(INIT),
    reply(WELCOME),
    reply(rpc({ method: "notifications/message", params: { data: text } })),
    reply(`{"jsonrpc":"2.0","method":"notifications/message","params":${deep}}`),
    reply(rpc({ method: "notifications/message", params: { data: "é".repeat(100_000) } })),
  ]));
  deepEqual(drafts[2]!.params, { truncated: JSON.stringify({ data: text }).length + 200_000 });
  equal(JSON.stringify(drafts[3]!.params).includes("nested too deep"), true);
  deepEqual(drafts[4]!.params, { data: "é".repeat(100_000) });
});
