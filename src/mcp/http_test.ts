import { deepEqual, equal } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import type { Micros } from "../event.ts";
import { ACTOR, bytesOf, join, post, records, recv, send, T0, type Turn } from "../llm/testdata/wire.ts";
import { Connection } from "../protocol/connection.ts";
import type { Exchange, ExchangeObserver } from "../protocol/exchange.ts";
import { Connections } from "../protocol/reassembly/connections.ts";
import { Peers } from "../protocol/reassembly/peers.ts";
import type { StreamRecord } from "../protocol/stream_record.ts";
import { McpEndpoints } from "./endpoints.ts";
import { mcpObserver } from "./http.ts";
import { mcpContext, rpc, shown } from "./testdata/talk.ts";

const NOTHING: ExchangeObserver = {
  requestBody() {},
  requestGap() {},
  requestEnd() {},
  responseHead() {},
  responseBody() {},
  responseGap() {},
  end() {},
};

function follow(
  input: readonly StreamRecord[],
  calls: readonly { id: string; name: string; input: unknown }[] = [],
) {
  const context = mcpContext();
  const http = { ...context, endpoints: new McpEndpoints(), peers: new Peers() };
  for (const call of calls) {
    http.joins.toolCalled({
      ...ACTOR,
      ts: T0 as Micros,
      kind: "tool.call",
      run_by: "agent",
      llm_call: "c",
      ...call,
    });
  }
  const connections = new Connections({
    open: (opened) =>
      new Connection(opened, {
        observe: (exchange: Exchange) => mcpObserver(exchange, http) ?? NOTHING,
        observeSocket: () => ({ message() {}, gap() {}, end() {} }),
        losses: context.losses,
        spoke() {},
        budget: context.budget,
        messageLimit: 1 << 20,
      }),
    budget: context.budget,
    losses: context.losses,
    limit: 10,
  });
  for (const record of input) {
    if (record.type !== "bind" && record.type !== "reader") connections.push(record);
  }
  connections.flush(T0 + 60_000_000 as Micros, { final: true });
  const losses = context.losses.take().map(({ class: area, reason, count }) => `${area} ${reason} ${count}`);
  return { drafts: context.drafts, losses, held: context.budget.used };
}

const SESSION = { "mcp-session-id": "f00", "mcp-protocol-version": "2025-11-25" };
const INIT = rpc({ id: 0, method: "initialize", params: { protocolVersion: "2025-11-25" } });
const GZIP = { "content-encoding": "gzip", "content-type": "application/json" };
/** The head of a gzip member, and a block of a type that there is not. */
const BROKEN_MEMBER = join([gzipSync("").subarray(0, 10), Uint8Array.of(0xff, 0xff)]);
const WELCOME = rpc({ id: 0, result: { protocolVersion: "2025-11-25", serverInfo: { name: "files" } } });

function reply(body: unknown, { status = 200, headers = {} as Record<string, string> } = {}): Turn {
  const bytes = body instanceof Uint8Array ? body : bytesOf(body === "" ? "" : JSON.stringify(body));
  const type = body === "" ? {} : { "content-type": "application/json" };
  const fields = Object.entries({ ...type, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`).join(
    "",
  );
  const head = bytesOf(`HTTP/1.1 ${status} X\r\n${fields}content-length: ${bytes.length}\r\n\r\n`);
  return recv(join([head, bytes]));
}

/** The end of a stream closes the connection. */
function events(...all: readonly (string | object)[]): Turn {
  const text = all.map((event) =>
    typeof event === "string" ? event : `event: message\ndata: ${JSON.stringify(event)}\n\n`
  );
  const chunks = text.map((event) => `${bytesOf(event).length.toString(16)}\r\n${event}\r\n`).join("");
  const head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
  return recv(`${head}${chunks}0\r\n\r\n`);
}

function get(path: string, headers: Readonly<Record<string, string>> = {}): Turn {
  const fields = { host: "mcp.test", accept: "text/event-stream", ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return send(`GET ${path} HTTP/1.1\r\n${lines}\r\n`);
}

const call = (id: unknown, name: string, args: unknown, more: object = {}) =>
  rpc({ id, method: "tools/call", params: { name, arguments: args, ...more } });

interface Case {
  readonly name: string;
  readonly turns: readonly Turn[];
  readonly calls?: Parameters<typeof follow>[1];
  readonly events: readonly string[];
  readonly losses?: readonly string[];
}

const ECHO = [{ id: "toolu_1", name: "mcp__files__echo", input: { a: 1, b: "é" } }];
const COMPLETE = {
  resultType: "complete",
  _meta: { "io.modelcontextprotocol/serverInfo": { name: "files" } },
};
const META = { _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } };
const modern = (method: string, name?: string) => ({
  "mcp-protocol-version": "2026-07-28",
  "mcp-method": method,
  ...(name === undefined ? {} : { "mcp-name": name }),
});

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

function without(input: readonly StreamRecord[], index: number): StreamRecord[] {
  return input.filter((_, at) => at !== index);
}

Deno.test("http: of a request with a gap the headers of 2026 tell the method", () => {
  const turns = [
    post("/mcp", call(1, "echo", { text: "x".repeat(500) }), modern("tools/call", "echo")),
    reply(rpc({ id: 1, result: { content: [], ...COMPLETE } })),
  ];
  const input = records(turns, { sizes: [400] });
  const { drafts } = follow(without(input, 2));
  deepEqual(shown(drafts), [
    "client→ request tools/call null incomplete",
    "client← response tools/call 1 (1 ms)",
  ]);
});

Deno.test("http: over a gap in a stream only the event is lost", () => {
  const text = ["a", "b", "c", "d"]
    .map((data) => `data: ${JSON.stringify(rpc({ method: "notifications/message", params: { data } }))}\n\n`);
  const stream = recv(`HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n${text.join("")}`);
  const input = records([post("/mcp", INIT), stream], { sizes: [60] });
  const told = (all: readonly StreamRecord[]) =>
    follow(all).drafts.slice(1).map(({ params }) => (params as { data: string }).data);
  deepEqual(told(input), ["a", "b", "c", "d"]);
  const inBody = input.findIndex((record) => record.type === "data" && record.dir === "recv") + 3;
  deepEqual(told(without(input, inBody)), ["a", "d"]);
});

Deno.test("property: http: any bytes neither throw nor stay", () => {
  const piece = fc.oneof(
    fc.uint8Array({ minLength: 1 }),
    fc.constantFrom(
      post("/mcp", INIT).bytes,
      post("/mcp", '[[[{"method":1', SESSION).bytes,
      get("/sse").bytes,
    ),
  );
  const answer = fc.oneof(
    fc.uint8Array({ minLength: 1 }),
    fc.constantFrom(reply(WELCOME).bytes, events("data: /x\n\n", "data: [{\n\n", "data: null\n\n").bytes),
  );
  fc.assert(fc.property(fc.array(fc.tuple(piece, answer)), (turns) => {
    const all = turns.flatMap(([asked, answered]) => [send(asked), recv(answered)]);
    equal(follow(records(all)).held, 0);
  }));
});
