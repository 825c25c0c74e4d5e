import { deepEqual, equal } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { ACTOR, join, post, records, type Turn } from "../llm/testdata/wire.ts";
import {
  call,
  COMPLETE,
  events,
  follow,
  get,
  INIT,
  modern,
  reply,
  SESSION,
  WELCOME,
} from "./testdata/http_talk.ts";
import { rpc, shown } from "./testdata/talk.ts";

interface Case {
  readonly name: string;
  readonly turns: readonly Turn[];
  readonly calls?: Parameters<typeof follow>[1];
  readonly events: readonly string[];
  readonly losses?: readonly string[];
}

const GZIP = { "content-encoding": "gzip", "content-type": "application/json" };
/** The head of a gzip member, and a block of a type that there is not. */
const BROKEN_MEMBER = join([gzipSync("").subarray(0, 10), Uint8Array.of(0xff, 0xff)]);
const ECHO = [{ id: "toolu_1", name: "mcp__files__echo", input: { a: 1, b: "é" } }];
const META = { _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } };

const cases: readonly Case[] = [
  {
    name: "Streamable HTTP of 2025: JSON and events, questions of the server, a stream of its own",
    calls: ECHO,
    turns: [
      post("/mcp", INIT),
      reply(WELCOME, { headers: { "mcp-session-id": "f00" } }),
      post("/mcp", rpc({ method: "notifications/initialized" }), SESSION),
      reply("", { status: 202 }),
      get("/mcp", SESSION),
      events("id: 1\ndata: \n\n", rpc({ method: "notifications/tools/list_changed" })),
      post("/mcp", call(1, "echo", { b: "é", a: 1 }), SESSION),
      events(
        ": comment\n\n",
        rpc({ method: "notifications/progress", params: { progressToken: 1, progress: 1 } }),
        rpc({ id: 1, method: "elicitation/create", params: { message: "?" } }),
        rpc({ id: 1, result: { content: [] } }),
      ),
      post("/mcp", rpc({ id: 1, result: { action: "accept" } }), SESSION),
      reply("", { status: 202 }),
      post("/mcp", [rpc({ id: "x", method: "ping" }), rpc({ id: 2, method: "nope" })], SESSION),
      reply([rpc({ id: 2, error: { code: -32601 } }), rpc({ id: "x", result: {} })]),
    ],
    events: [
      "client→ request initialize 0",
      "client← response initialize 0 (1 ms)",
      "client→ notification notifications/initialized null",
      "client← notification notifications/tools/list_changed null",
      "client→ request tools/call 1 = toolu_1",
      "client← notification notifications/progress null",
      "client← request elicitation/create 1",
      "client← response tools/call 1 (1 ms) = toolu_1",
      "client→ response elicitation/create 1 (1 ms)",
      'client→ request ping "x"',
      "client→ request nope 2",
      "client← error nope 2 (1 ms)",
      'client← response ping "x" (1 ms)',
    ],
  },
  {
    name: "2026: no session; what has to be supplied comes with the same request again",
    calls: ECHO,
    turns: [
      post("/mcp", rpc({ id: 0, method: "server/discover", params: META }), modern("server/discover")),
      reply(rpc({ id: 0, result: { supportedVersions: [], ...COMPLETE } })),
      post("/mcp", call(1, "echo", { a: 1, b: "é" }, META), modern("tools/call", "echo")),
      reply(rpc({ id: 1, result: { resultType: "input_required", inputRequests: {}, requestState: "s" } })),
      post(
        "/mcp",
        call(2, "echo", { a: 1, b: "é" }, { requestState: "s", ...META }),
        modern("tools/call", "echo"),
      ),
      events(rpc({ id: 2, result: { content: [], ...COMPLETE } })),
      post(
        "/mcp",
        rpc({ id: 3, method: "subscriptions/listen", params: META }),
        modern("subscriptions/listen"),
      ),
      events(rpc({ method: "notifications/resources/updated", params: { uri: "a:b" } })),
    ],
    events: [
      "client→ request server/discover 0",
      "client← response server/discover 0 (1 ms)",
      "client→ request tools/call 1 = toolu_1",
      "client← response tools/call 1 (1 ms) = toolu_1",
      "client→ request tools/call 2 = toolu_1",
      "client← response tools/call 2 (1 ms) = toolu_1",
      "client→ request subscriptions/listen 3",
      "client← notification notifications/resources/updated null",
    ],
  },
  {
    name: "a session that has ended: the request is made again",
    calls: ECHO,
    turns: [
      post("/mcp", call(1, "echo", { a: 1, b: "é" }), SESSION),
      reply("", { status: 404 }),
      post("/mcp", call(0, "echo", { a: 1, b: "é" }), { ...SESSION, "mcp-session-id": "ba5" }),
      reply(rpc({ id: 0, result: { content: [] } })),
    ],
    events: [
      "client→ request tools/call 1 = toolu_1",
      "client→ request tools/call 0 = toolu_1",
      "client← response tools/call 0 (1 ms) = toolu_1",
    ],
  },
  {
    name: "compressed answers",
    turns: [
      post("/mcp", INIT),
      reply(gzipSync(JSON.stringify(WELCOME)), {
        headers: GZIP,
      }),
    ],
    events: ["client→ request initialize 0", "client← response initialize 0 (1 ms)"],
  },
  {
    name: "an error of the protocol with an HTTP status",
    turns: [
      post("/mcp", INIT),
      reply(rpc({ id: null, error: { code: -32000, message: "Bad Request" } }), { status: 400 }),
    ],
    events: ["client→ request initialize 0", "client← error  null"],
  },
  {
    name: "calls to models are none of this",
    turns: [
      post("/v1/messages", { model: "m", messages: [], metadata: { jsonrpc: "2.0", method: "tools/call" } }),
      events({ type: "message_start" }),
      post("/v1/messages", "not JSON"),
      reply({ id: "msg", type: "message" }),
      get("/events"),
      events("data: hello\n\n", rpc({ method: "notifications/message" })),
    ],
    events: [],
  },
  {
    name: "other protocols that speak JSON-RPC are none of this",
    turns: [
      post("/rpc", rpc({ id: 1, method: "eth_call", params: [] })),
      reply(rpc({ id: 1, result: "0x" })),
      post("/a2a", rpc({ id: 1, method: "tasks/get", params: { id: "t" } })),
      reply(rpc({ id: 1, result: {} })),
    ],
    events: [],
  },
  {
    name: "an answer that cannot be decompressed to its end is read if it is whole, and counted once",
    turns: [
      post("/mcp", INIT),
      reply(join([gzipSync(JSON.stringify(WELCOME)), BROKEN_MEMBER]), { headers: GZIP }),
      post("/mcp", rpc({ id: 1, method: "ping" })),
      reply(join([gzipSync('{"jsonrpc":"2.0","id":1,'), BROKEN_MEMBER]), { headers: GZIP }),
    ],
    events: [
      "client→ request initialize 0",
      "client← response initialize 0 (1 ms)",
      "client→ request ping 1",
    ],
    losses: ["mcp undecodable 2"],
  },
  {
    name: "an answer that is no JSON is counted",
    turns: [post("/mcp", INIT), events("data: {oops\n\n")],
    events: ["client→ request initialize 0"],
    losses: ["mcp unreadable 1"],
  },
];

for (const { name, turns, calls = [], events, losses = [] } of cases) {
  Deno.test(`http: ${name}`, () => {
    const told = follow(records(turns), calls);
    deepEqual([shown(told.drafts), told.losses, told.held], [events, losses, 0]);
  });

  Deno.test(`property: http: ${name}, in any pieces`, () => {
    const whole = follow(records(turns, { still: true }), calls).drafts;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (sizes) => {
        deepEqual(follow(records(turns, { still: true, sizes }), calls).drafts, whole);
      }),
      { numRuns: 40 },
    );
  });
}

Deno.test("http: who, where and of which server", () => {
  const [request, answer] = follow(records([post("/mcp?key=1", INIT), reply(WELCOME)])).drafts;
  const { peer, endpoint, server, protocol_version, transport, pid, role } = answer!;
  deepEqual({ peer, endpoint, server, protocol_version, transport, pid, role }, {
    peer: null,
    endpoint: "https://llm.test/mcp?key=1",
    server: "files",
    protocol_version: "2025-11-25",
    transport: "http",
    pid: ACTOR.pid,
    role: "client",
  });
  equal(request!.server, null);
});

Deno.test("http: seen from the server", () => {
  const turns = [post("/mcp", INIT), reply(WELCOME)].map(({ dir, bytes }) => ({
    dir: dir === "send" ? "recv" as const : "send" as const,
    bytes,
  }));
  deepEqual(shown(follow(records(turns)).drafts), [
    "server← request initialize 0",
    "server→ response initialize 0 (1 ms)",
  ]);
});
