import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { Micros } from "../event.ts";
import type { StreamRecord } from "../protocol/stream_record.ts";
import { StdioMcp } from "./stdio.ts";
import {
  actor,
  ask,
  CLIENT,
  close,
  exit,
  follow,
  mcpContext,
  type Pipe,
  PIPES,
  records,
  reply,
  rpc,
  SERVER,
  shown,
  T0,
  TO_CLIENT,
  TO_SERVER,
} from "./testdata/talk.ts";
import { TRANSCRIPTS } from "./testdata/transcripts.ts";

const INIT = rpc({ id: 0, method: "initialize", params: { protocolVersion: "2025-06-18" } });
const WELCOME = rpc({ id: 0, result: { protocolVersion: "2025-06-18", serverInfo: { name: "s" } } });
const LIST = rpc({ id: 1, method: "tools/list" });
const LISTED = rpc({ id: 1, result: { tools: [] } });

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

Deno.test("a message waits until it is known who reads it, and so does what follows it", () => {
  const input = records([ask(INIT), reply(WELCOME), reply(rpc({ id: 5, method: "ping" }))]);
  const late = input.filter(({ type }) => type !== "reader");
  const readers = input.filter(({ type }) => type === "reader");
  const exact = shown(follow([...late, ...readers]).drafts);
  deepEqual(exact, [
    "client→ request initialize 0",
    "server→ response initialize 0 (1 ms)",
    "server→ request ping 5",
  ]);
  equal(follow(late).waiting, 0);
});

Deno.test("two seconds, once: then the only request it can mean is taken", () => {
  const context = mcpContext();
  const stdio = new StdioMcp(context);
  const input = records([ask(INIT), reply(WELCOME), reply(LISTED)]);
  const noReaders = input.filter((record) => record.type !== "reader" || record.conn === TO_SERVER);
  noReaders.slice(0, -1).forEach((record) => stdio.push(record));
  stdio.flush(T0 + 2_001_999 as Micros, { final: false });
  equal(context.drafts.length, 1);
  stdio.flush(T0 + 2_002_000 as Micros, { final: false });
  equal(context.drafts.length, 2);
  stdio.push(noReaders.at(-1)!);
  deepEqual(shown(context.drafts), [
    "client→ request initialize 0",
    "server→ response initialize 0 (1 ms)",
    "server→ response  1",
  ]);
});

Deno.test("an answer that is seen before its request waits for it", () => {
  const input = records([
    ask(INIT),
    reply(WELCOME),
    ask(LIST),
    reply(LISTED, rpc({ id: 3, method: "ping" })),
  ]);
  const [last, request, ...before] = input.toReversed();
  deepEqual(shown(follow([...before.reverse(), last!, request!]).drafts).slice(2), [
    "client→ request tools/list 1",
    "server→ response tools/list 1 (1 ms)",
    "server→ request ping 3",
  ]);
});

const ONE_TRACED: readonly (readonly [name: string, pipes: readonly Pipe[], roles: string])[] = [
  ["the client", [
    { conn: TO_SERVER, writer: CLIENT, reader: null },
    { conn: TO_CLIENT, writer: null, reader: CLIENT },
  ], "client→ client←"],
  ["the server", [
    { conn: TO_SERVER, writer: null, reader: SERVER },
    { conn: TO_CLIENT, writer: SERVER, reader: null },
  ], "server← server→"],
];

for (const [name, pipes, roles] of ONE_TRACED) {
  Deno.test(`only ${name} is traced`, () => {
    const { drafts } = follow(records([ask(INIT), reply(WELCOME)], { pipes }));
    const [from, to] = roles.split(" ");
    deepEqual(shown(drafts), [`${from} request initialize 0`, `${to} response initialize 0 (1 ms)`]);
    equal(drafts.every(({ peer }) => peer === null), true);
  });
}

Deno.test("a stream that is seen at its reader, and who writes to it", () => {
  const input = records([ask(INIT), reply(WELCOME)], {
    pipes: [PIPES[0]!, { conn: TO_CLIENT, writer: null, reader: CLIENT }],
  });
  const at = input.findIndex((record) => record.type === "data" && record.conn === TO_CLIENT);
  input.splice(at, 0, { type: "writer", conn: TO_CLIENT, ts: T0 as Micros, actor: SERVER });
  const { drafts } = follow(input);
  deepEqual(shown(drafts), ["client→ request initialize 0", "client← response initialize 0 (1 ms)"]);
  deepEqual(drafts.map(({ peer }) => peer && "pid" in peer && peer.pid), [SERVER.pid, SERVER.pid]);
});

Deno.test("a pipe outlives its first writer: a child goes on", () => {
  const child = actor(11, "child");
  const input = records([ask(INIT), ask(LIST)]);
  const last = input.pop()!;
  const { drafts } = follow([...input, exit(CLIENT), { ...last, actor: child } as StreamRecord]);
  deepEqual(drafts.map(({ pid, method }) => `${pid} ${method}`), ["10 initialize", "11 tools/list"]);
});

Deno.test("one client, two servers, the same ids", () => {
  const other = actor(30, "other");
  const pipes = [
    ...PIPES,
    { conn: 3, writer: CLIENT, reader: other },
    { conn: 4, writer: other, reader: CLIENT },
  ];
  const welcome = rpc({ id: 0, result: { serverInfo: { name: "o" } } });
  const { drafts } = follow(records([
    ask(INIT),
    { on: 3, lines: [INIT] },
    { on: 4, lines: [welcome] },
    reply(WELCOME),
    ask(LIST),
    { on: 3, lines: [rpc({ id: 1, method: "prompts/list" })] },
    reply(LISTED),
    { on: 4, lines: [LISTED] },
  ], { pipes }));
  deepEqual(shown(drafts).slice(2), [
    "server→ response initialize 0 (1 ms)",
    "server→ response initialize 0 (3 ms)",
    "client→ request tools/list 1",
    "client→ request prompts/list 1",
    "server→ response tools/list 1 (2 ms)",
    "server→ response prompts/list 1 (2 ms)",
  ]);
  deepEqual(drafts.slice(2).map(({ server }) => server), ["o", "s", "s", "o", "s", "o"]);
});

Deno.test("echo … | server | jq: the answer goes to somebody else", () => {
  const pipes = [PIPES[0]!, { conn: TO_CLIENT, writer: SERVER, reader: actor(40, "jq") }];
  const input = records([ask(INIT, LIST), reply(WELCOME, LISTED)], { pipes });
  const [last, ...before] = input.reverse();
  const { drafts } = follow([...before.reverse(), close(TO_SERVER), exit(CLIENT), last!]);
  deepEqual(shown(drafts).slice(2), [
    "server→ response initialize 0 (1 ms)",
    "server→ response tools/list 1 (1 ms)",
  ]);
});

Deno.test("lines that are no JSON-RPC are skipped; those that cannot be read are counted once it speaks it", () => {
  const { drafts, losses } = follow(records([
    reply("Starting…", { level: "info" }, "npm warn"),
    ask(INIT),
    reply(WELCOME, "oops", { level: "info" }, '{"jsonrpc":"2.0","id":1,'),
  ]));
  deepEqual([drafts.length, losses], [2, ["mcp unreadable 2"]]);
});

Deno.test("over a gap only the line is lost", () => {
  const said = [ask(INIT), reply(WELCOME), ask(LIST), reply(LISTED)];
  const whole = records(said, { sizes: [10] });
  for (let lost = 0; lost < whole.length; lost++) {
    if (whole[lost]!.type !== "data") continue;
    const { drafts, losses, held } = follow(whole.filter((_, index) => index !== lost));
    const told = shown(drafts).map((line) => line.replace(/ \(.*/, ""));
    const requests = ["client→ request initialize 0", "client→ request tools/list 1"];
    const answers = [
      "server→ response initialize 0",
      "server→ response tools/list 1",
      "server→ response  0",
      "server→ response  1",
    ];
    ok(told.every((line) => [...requests, ...answers].includes(line)), told.join());
    ok(told.length >= 2, `${lost}: ${told}, ${losses}`);
    equal(held, 0);
  }
});

Deno.test("joined in the middle, and an answer to what was not seen", () => {
  const said = [
    reply('"x"}}]}}', LISTED),
    ask(rpc({ id: 2, method: "tools/list" })),
    reply(rpc({ id: 9, result: {} })),
  ];
  const pipes = PIPES.map((pipe) => ({ ...pipe, fromStart: false }));
  const { drafts, losses } = follow(records(said, { pipes }));
  deepEqual(shown(drafts), [
    "client→ request tools/list 2",
    "server→ response  1",
    "server→ response  9",
  ]);
  deepEqual(losses, []);
});

Deno.test("other protocols that speak JSON-RPC are not MCP", () => {
  const { drafts, losses } = follow(records([
    ask(rpc({ id: 0, method: "initialize", params: { protocolVersion: 1, clientCapabilities: {} } })),
    reply(rpc({ id: 0, result: { protocolVersion: 1 } })),
    ask(rpc({ id: 1, method: "session/prompt", params: {} })),
  ]));
  deepEqual([drafts, losses], [[], ["mcp unrecognised 3"]]);
});

Deno.test("the end of a process ends what it wrote; a new one with its pid is another", () => {
  const again = { ...SERVER, start: 99 as Micros };
  const pipes = [{ conn: 5, writer: CLIENT, reader: again }, { conn: 6, writer: again, reader: CLIENT }];
  const first = records([ask(INIT), ask(LIST)]);
  const second = records([{ on: 6, lines: [LISTED, rpc({ id: 3, method: "roots/list" })] }], { pipes });
  const { drafts } = follow([...first, exit(SERVER), ...second]);
  deepEqual(shown(drafts).slice(2), ["server→ request roots/list 3"]);
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

Deno.test("a line longer than the limit is counted, and the next one read", () => {
  const long = rpc({ method: "notifications/message", params: "x".repeat(2_000) });
  const { drafts, losses, held } = follow(records([ask(INIT, long, LIST)], { sizes: [100] }), {
    limit: 1_000,
  });
  deepEqual([drafts.length, losses, held], [2, ["mcp too-large 1"], 0]);
});

Deno.test("streams beyond the limit: the oldest is given up", () => {
  const input: StreamRecord[] = [];
  for (let conn = 1; conn <= 1_100; conn++) {
    input.push(...records([{ on: conn, lines: [INIT, "half a li"] }], {
      pipes: [{ conn, writer: CLIENT, reader: SERVER }],
    }));
  }
  const { drafts, losses, held } = follow(input);
  deepEqual([drafts.length, held], [1_100, 0]);
  ok(losses.includes("connection evicted 76"));
});

Deno.test("property: any bytes are skipped or counted, and nothing is kept", () => {
  const piece = fc.oneof(
    fc.uint8Array({ minLength: 1 }),
    fc.constantFrom(
      ...[INIT, WELCOME, LIST, [LIST, LISTED], rpc({ id: 0, method: "x" }), "{", "[[[["].map((line) => (
        new TextEncoder().encode(`${typeof line === "string" ? line : JSON.stringify(line)}\n`)
      )),
    ),
  );
  const step = fc.record({
    conn: fc.constantFrom(TO_SERVER, TO_CLIENT),
    piece,
    skip: fc.constantFrom(0, 0, 0, 5),
    then: fc.constantFrom(null, null, null, close(TO_SERVER), exit(CLIENT), exit(SERVER)),
  });
  fc.assert(fc.property(fc.array(step), (steps) => {
    const input = records([]);
    const pos = new Map<number, number>();
    steps.forEach(({ conn, piece, skip, then }, call) => {
      const at = (pos.get(conn) ?? 0) + skip;
      const { writer } = PIPES.find((pipe) => pipe.conn === conn)!;
      const ts = T0 + call as Micros;
      input.push({ type: "data", conn, dir: "send", pos: at, call, bytes: piece, ts, actor: writer! });
      if (then) input.push(then);
      pos.set(conn, at + piece.length);
    });
    equal(follow(input).held, 0);
  }));
});
