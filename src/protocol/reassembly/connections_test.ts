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

function data(dir: "send" | "recv", pos: number, text: string, overtakes = false) {
  const bytes = new TextEncoder().encode(text);
  return {
    ...{ type: "data", conn: 1, dir, pos, call: pos, bytes, ts, actor } as const,
    ...(overtakes && { overtakes: true as const }),
  } satisfies StreamRecord;
}

Deno.test("an answer that came before the write returned is put behind it, and what follows it too", () => {
  const { told, budget, connections } = following();
  for (const record of [data("recv", 0, "an", true), data("recv", 2, "swer"), data("send", 0, "ask")]) {
    connections.push(record);
  }
  deepEqual(told, ["send ask", "recv an", "recv swer"]);
  equal(budget.used, 0);
});

Deno.test("an answer to a write that never returns waits two seconds, or until the connection ends", () => {
  const { told, connections } = following();
  connections.push(data("recv", 0, "late", true));
  connections.flush(ts + 1_999_999 as Micros, { final: false });
  deepEqual(told, []);
  connections.flush(ts + 2_000_000 as Micros, { final: false });
  connections.push(data("recv", 4, "later", true));
  connections.push({ type: "close", conn: 1, ts, actor });
  deepEqual(told, ["recv late", "recv later", "end"]);
});

Deno.test("without memory nobody waits", () => {
  const { told, budget, connections } = following(3);
  connections.push(data("recv", 0, "four", true));
  deepEqual(told, ["recv four"]);
  equal(budget.used, 0);
});
