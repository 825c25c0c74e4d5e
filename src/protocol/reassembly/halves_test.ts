import { deepEqual, equal } from "node:assert/strict";
import type { Micros } from "../../event.ts";
import { MemoryBudget } from "../byte_buffer.ts";
import { LossCounter } from "../losses.ts";
import type { Direction, StreamRecord } from "../stream_record.ts";
import { Halves } from "./halves.ts";

const actor = { pid: 5, tid: 6, start: 1 as Micros, comm: "codex" };
const ts = 1000 as Micros;
const open = (conn: number): StreamRecord => ({
  type: "open",
  conn,
  fromStart: false,
  half: true,
  ts,
  actor,
});
const close = (conn: number): StreamRecord => ({ type: "close", conn, ts, actor });
const bytes = (text: string) => new TextEncoder().encode(text);
const data = (conn: number, dir: Direction, pos: number, text: string, later = 0): StreamRecord => ({
  ...{ type: "data", conn, dir, pos, call: pos, bytes: bytes(text), ts: ts + later as Micros, actor },
});
const bind = (conn: number, dir: Direction, socket: number): StreamRecord => ({
  ...{ type: "bind", conn, dir, socket, localPort: 40_000, ts, actor },
  peer: { addr: "::1", port: 443, confidence: "strong" },
});
const exit: StreamRecord = { type: "exit", pid: 5, start: actor.start, ts };

/** What came out, a line each: `conn<direction>position text`. */
function told(records: readonly StreamRecord[]): string[] {
  return records.map((record) => {
    if (record.type === "exit") return "exit";
    if (record.type !== "data") return `${record.conn} ${record.type}`;
    return `${record.conn} ${record.dir} ${record.pos} ${new TextDecoder().decode(record.bytes)}`;
  });
}

const cases: readonly (readonly [name: string, records: readonly StreamRecord[], told: readonly string[]])[] =
  [
    [
      "the request waits for its socket, the answer knows it",
      [
        open(1),
        data(1, "send", 0, "ask"),
        bind(1, "send", 9),
        open(2),
        bind(2, "recv", 9),
        data(2, "recv", 0, "tell"),
      ],
      ["1 open", "1 bind", "1 send 0 ask", "1 bind", "1 recv 0 tell"],
    ],
    [
      "two connections at once",
      [
        ...[open(1), data(1, "send", 0, "a"), open(2), data(2, "send", 0, "b")],
        ...[bind(2, "send", 8), bind(1, "send", 9)],
        ...[
          open(3),
          bind(3, "recv", 9),
          data(3, "recv", 0, "A"),
          open(4),
          bind(4, "recv", 8),
          data(4, "recv", 0, "B"),
        ],
      ],
      [
        ...["2 open", "2 bind", "2 send 0 b", "1 open", "1 bind", "1 send 0 a"],
        ...["1 bind", "1 recv 0 A", "2 bind", "2 recv 0 B"],
      ],
    ],
    [
      "a new key goes on where the old one ended",
      [
        ...[open(1), data(1, "send", 0, "abc"), bind(1, "send", 9)],
        ...[open(2), data(2, "send", 0, "de"), bind(2, "send", 9), data(2, "send", 2, "f")],
      ],
      ["1 open", "1 bind", "1 send 0 abc", "1 bind", "1 send 3 de", "1 send 5 f"],
    ],
    [
      "the connection ends when the other end closed it",
      [
        ...[
          open(1),
          data(1, "send", 0, "a"),
          bind(1, "send", 9),
          open(2),
          bind(2, "recv", 9),
          data(2, "recv", 0, "A"),
        ],
        ...[close(1), data(2, "recv", 1, "B"), close(2)],
      ],
      ["1 open", "1 bind", "1 send 0 a", "1 bind", "1 recv 0 A", "1 recv 1 B", "1 close"],
    ],
    [
      "a socket with a number that was used before is another connection",
      [
        ...[open(1), data(1, "send", 0, "a"), bind(1, "send", 9), close(1)],
        ...[open(2), data(2, "send", 0, "b"), bind(2, "send", 9)],
      ],
      ["1 open", "1 bind", "1 send 0 a", "2 open", "2 bind", "2 send 0 b"],
    ],
    [
      "an answer waits for the request whose socket is known later",
      [
        ...[open(1), data(1, "send", 0, "a", 1), open(2), bind(2, "recv", 9), data(2, "recv", 0, "A", 2)],
        ...[data(1, "send", 1, "b", 3), bind(1, "send", 9), data(2, "recv", 1, "B", 4)],
      ],
      ["1 open", "1 bind", "1 bind", "1 send 0 a", "1 recv 0 A", "1 send 1 b", "1 recv 1 B"],
    ],
    [
      "an answer waits only as long as a request without a socket may be its own",
      [
        ...[open(1), data(1, "send", 0, "a"), open(2), data(2, "send", 0, "b")],
        ...[open(3), bind(3, "recv", 9), data(3, "recv", 0, "C"), open(4), bind(4, "recv", 7)],
        ...[bind(1, "send", 7), bind(2, "send", 8)],
      ],
      [
        "1 open",
        "1 bind",
        "1 bind",
        "1 send 0 a",
        "2 open",
        "2 bind",
        "2 send 0 b",
        "3 open",
        "3 bind",
        "3 recv 0 C",
      ],
    ],
    [
      "an answer that waits when its process ends belongs to the only request",
      [open(1), data(1, "send", 0, "a"), open(2), bind(2, "recv", 9), data(2, "recv", 0, "A"), exit],
      ["1 open", "1 bind", "1 send 0 a", "1 recv 0 A", "exit"],
    ],
    [
      "what waits when its process ends goes on alone",
      [open(1), data(1, "send", 0, "a"), exit],
      ["1 open", "1 send 0 a", "exit"],
    ],
    [
      "connections that were seen whole pass",
      [
        { ...open(1), half: undefined } as unknown as StreamRecord,
        data(1, "send", 0, "a"),
        bind(1, "send", 9),
      ],
      ["1 open", "1 send 0 a", "1 bind"],
    ],
  ];

for (const [name, records, expected] of cases) {
  Deno.test(name, () => {
    const halves = new Halves({ losses: new LossCounter(), budget: new MemoryBudget(1 << 20) });
    deepEqual(told(records.flatMap((record) => halves.push(record))), expected);
  });
}

Deno.test("a half without a socket waits two seconds", () => {
  const halves = new Halves({ losses: new LossCounter(), budget: new MemoryBudget(1 << 20) });
  halves.push(open(1));
  halves.push(data(1, "recv", 0, "a"));
  deepEqual(halves.flush(ts + 1_999_999 as Micros), []);
  deepEqual(told(halves.flush(ts + 2_000_000 as Micros)), ["1 open", "1 recv 0 a"]);
  deepEqual(told(halves.push(bind(1, "recv", 9))), ["1 bind"]);
});

Deno.test("an answer that waits two seconds belongs to the only request without a socket, and to none of several", () => {
  const halves = new Halves({ losses: new LossCounter(), budget: new MemoryBudget(1 << 20) });
  const push = (...records: StreamRecord[]) => told(records.flatMap((record) => halves.push(record)));
  deepEqual(push(open(1), data(1, "send", 0, "a")), []);
  deepEqual(told(halves.flush(ts + 2_000_000 as Micros)), ["1 open", "1 send 0 a"]);
  deepEqual(push(open(2), bind(2, "recv", 9), data(2, "recv", 0, "A", 5_000_000)), []);
  deepEqual(told(halves.flush(ts + 6_999_999 as Micros)), []);
  deepEqual(told(halves.flush(ts + 7_000_000 as Micros)), ["1 bind", "1 recv 0 A"]);
  deepEqual(push(data(1, "send", 1, "b"), data(2, "recv", 1, "B")), ["1 send 1 b", "1 recv 1 B"]);
  // That was a guess: what the kernel says of it later is told, once.
  deepEqual(push(bind(1, "send", 9), bind(1, "send", 9)), ["1 bind"]);

  push(open(3), data(3, "send", 0, "c"), open(4), data(4, "send", 0, "d"), open(5), bind(5, "recv", 8));
  deepEqual(push(data(5, "recv", 0, "E")), []);
  deepEqual(told(halves.flush(ts + 7_000_000 as Micros)), [
    ...["3 open", "3 send 0 c", "4 open", "4 send 0 d", "5 open", "5 bind", "5 recv 0 E"],
  ]);
});

Deno.test("a request that went on alone takes the answer once its socket is known", () => {
  const halves = new Halves({ losses: new LossCounter(), budget: new MemoryBudget(1 << 20) });
  halves.push(open(1));
  halves.push(data(1, "send", 0, "a"));
  halves.flush(ts + 2_000_000 as Micros);
  const rest = [open(2), bind(2, "recv", 9), data(2, "recv", 0, "A"), bind(1, "send", 9)];
  deepEqual(told(rest.flatMap((record) => halves.push(record))), ["1 bind", "1 bind", "1 recv 0 A"]);
});

Deno.test("memory is bounded: what waits too much goes on, what there is too much of is counted", () => {
  const losses = new LossCounter();
  const budget = new MemoryBudget(8 << 20);
  const halves = new Halves({ losses, budget });
  halves.push(open(1));
  const piece = "x".repeat(1 << 20);
  const out = Array.from({ length: 9 }, (_, i) => halves.push(data(1, "send", i << 20, piece))).flat();
  equal(out.length, 10);
  equal(budget.used, 0);
  for (let conn = 2; conn < 4100; conn++) halves.push(open(conn));
  equal(losses.take()[0]?.count, 3);
});

Deno.test("a half that opens twice gives back what its first life waited with", () => {
  const budget = new MemoryBudget(1 << 20);
  const halves = new Halves({ losses: new LossCounter(), budget });
  halves.push(open(1));
  halves.push(data(1, "send", 0, "ask"));
  deepEqual(told(halves.push(open(1))), ["1 open", "1 send 0 ask"]);
  equal(budget.used, 0);
});
