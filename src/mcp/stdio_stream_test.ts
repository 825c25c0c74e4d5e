/** What cannot be read of a pipe, what was missed of it, and what is too much. */
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { Micros } from "../event.ts";
import type { StreamRecord } from "../protocol/stream_record.ts";
import {
  ask,
  CLIENT,
  close,
  exit,
  follow,
  INIT,
  LIST,
  LISTED,
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
