/** Who talks to whom over which pipes, and which answer belongs to which request. */
import { deepEqual, equal } from "node:assert/strict";
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
  INIT,
  LIST,
  LISTED,
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
  WELCOME,
} from "./testdata/talk.ts";

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

Deno.test("the end of a process ends what it wrote; a new one with its pid is another", () => {
  const again = { ...SERVER, start: 99 as Micros };
  const pipes = [{ conn: 5, writer: CLIENT, reader: again }, { conn: 6, writer: again, reader: CLIENT }];
  const first = records([ask(INIT), ask(LIST)]);
  const second = records([{ on: 6, lines: [LISTED, rpc({ id: 3, method: "roots/list" })] }], { pipes });
  const { drafts } = follow([...first, exit(SERVER), ...second]);
  deepEqual(shown(drafts).slice(2), ["server→ request roots/list 3"]);
});
