import { deepEqual, equal } from "node:assert/strict";
import type { Micros } from "../../event.ts";
import { MemoryBudget } from "../byte_buffer.ts";
import { LossCounter } from "../losses.ts";
import type { StreamRecord } from "../stream_record.ts";
import { Connections } from "./connections.ts";

const actor = { pid: 5, tid: 6, start: 1 as Micros, comm: "crush" };
const ts = 1000 as Micros;

function following(memory = 1 << 20) {
  const told: string[] = [];
  const budget = new MemoryBudget(memory);
  const connections = new Connections({
    open: () => ({
      data: (dir, bytes) => void told.push(`${dir} ${new TextDecoder().decode(bytes)}`),
      gap: (dir, count) => void told.push(`${dir} lacks ${count}`),
      end: () => void told.push("end"),
    }),
    budget,
    losses: new LossCounter(),
    limit: 10,
  });
  connections.push({ type: "open", conn: 1, fromStart: true, ts, actor });
  return { told, budget, connections };
}

function data(
  dir: "send" | "recv",
  pos: number,
  text: string,
  order: { readonly after?: number; readonly left?: number } = {},
) {
  const bytes = new TextEncoder().encode(text);
  return { type: "data", conn: 1, dir, pos, call: pos, bytes, ts, actor, ...order } satisfies StreamRecord;
}

Deno.test("an answer that came before the write returned is put behind it, and what follows it too", () => {
  const { told, budget, connections } = following();
  for (
    const record of [data("recv", 0, "an", { after: 1 }), data("recv", 2, "swer"), data("send", 0, "ask")]
  ) {
    connections.push(record);
  }
  deepEqual(told, ["send ask", "recv an", "recv swer"]);
  equal(budget.used, 0);
});

Deno.test("an answer waits for all records of the write before it, and for no write after that", () => {
  const { told, budget, connections } = following();
  connections.push(data("recv", 0, "one", { after: 1 }));
  connections.push(data("recv", 3, "two", { after: 6 }));
  connections.push(data("send", 0, "as", { left: 3 }));
  deepEqual(told, ["send as"]);
  connections.push(data("send", 2, "k 1"));
  deepEqual(told, ["send as", "send k 1", "recv one"]);
  connections.push(data("send", 5, "ask 2"));
  deepEqual(told.slice(3), ["send ask 2", "recv two"]);
  equal(budget.used, 0);
});

Deno.test("an answer to what is here already does not wait", () => {
  const { told, connections } = following();
  connections.push(data("send", 0, "ask"));
  connections.push(data("recv", 0, "answer", { after: 1 }));
  deepEqual(told, ["send ask", "recv answer"]);
});

Deno.test("an answer to a write that never returns waits two seconds, or until the connection ends", () => {
  const { told, connections } = following();
  connections.push(data("recv", 0, "late", { after: 1 }));
  connections.flush(ts + 1_999_999 as Micros, { final: false });
  deepEqual(told, []);
  connections.flush(ts + 2_000_000 as Micros, { final: false });
  connections.push(data("recv", 4, "later", { after: 1 }));
  connections.push({ type: "close", conn: 1, ts, actor });
  deepEqual(told, ["recv late", "recv later", "end"]);
});

Deno.test("without memory nobody waits", () => {
  const { told, budget, connections } = following(3);
  connections.push(data("recv", 0, "four", { after: 1 }));
  deepEqual(told, ["recv four"]);
  equal(budget.used, 0);
});
