/** `long_run_process.ts HOURS CALLS_AN_HOUR`: prints the heap after each simulated hour as JSON. */
import { ACTOR, json, post, records, sse, type Turn } from "../src/llm/testdata/wire.ts";
import { Interpreter } from "../src/interpreter.ts";
import type { Micros } from "../src/event.ts";
import type { StreamRecord } from "../src/protocol/stream_record.ts";
import type { Sample } from "./long_run.ts";

const AGENTS = 8;
/** Turns of a conversation before the next one begins. */
const TURNS = 12;
const HOUR_US = 3_600_000_000;

declare const gc: () => void;

const [hours, callsAnHour] = Deno.args.map(Number) as [number, number];
const interpreter = new Interpreter();
const histories: unknown[][] = Array.from({ length: AGENTS }, () => []);
let now = 1_790_000_000_000_000, conn = 0;
const samples: Sample[] = [];
for (let hour = 1; hour <= hours; hour++) {
  for (let n = 0; n < callsAnHour; n++) {
    call((hour - 1) * callsAnHour + n);
    now += HOUR_US / callsAnHour;
    interpreter.flush(now as Micros, { final: false });
  }
  gc();
  samples.push({ hours: hour, calls: hour * callsAnHour, heapBytes: Deno.memoryUsage().heapUsed });
}
// deno-lint-ignore no-console
console.log(JSON.stringify(samples));

function call(n: number): void {
  const agent = n % AGENTS;
  if (histories[agent]!.length >= 3 * TURNS) histories[agent] = [];
  const messages = histories[agent]!;
  messages.push({ role: "user", content: `Question ${n}: ${"what is there ".repeat(8)}` });
  const tool = { type: "tool_use", id: `toolu_${n}`, name: "Bash", input: { command: `ls ${n}` } };
  const said = `Answer ${n}. `;
  const turns = [
    post("/v1/messages", { model: "claude-opus-5-5", max_tokens: 9, messages }),
    answer(n, said, tool),
  ];
  messages.push({ role: "assistant", content: [{ type: "text", text: said.repeat(20).trim() }, tool] });
  messages.push({ role: "user", content: [{ type: "tool_result", tool_use_id: tool.id, content: "a b c" }] });
  // Every eighth connection is never closed, every ninth answer breaks off.
  const options = { conn: ++conn, close: n % 8 !== 0, actor: { ...ACTOR, pid: 100 + agent, comm: "agent" } };
  const whole = records(turns, { ...options, sizes: [4096] });
  const cut: StreamRecord = { type: "close", conn, ts: now as Micros, actor: options.actor };
  const pushed = n % 9 === 0 ? [...whole.slice(0, -2), cut] : whole;
  interpreter.push(pushed.map((record): StreamRecord => ({ ...record, ts: now as Micros })));
}

function answer(n: number, said: string, tool: Record<string, unknown>): Turn {
  if (n % 50 === 0) {
    return json({ type: "error", error: { type: "overloaded_error", message: "later" } }, 529);
  }
  const usage = { input_tokens: 10, output_tokens: 20 };
  return sse([
    { type: "message_start", message: { id: `msg_${n}`, model: "claude-opus-5-5", content: [], usage } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    ...Array.from({ length: 20 }, () => ({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text: said },
    })),
    { type: "content_block_stop", index: 0 },
    { type: "content_block_start", index: 1, content_block: { ...tool, input: {} } },
    {
      type: "content_block_delta",
      index: 1,
      delta: { type: "input_json_delta", partial_json: JSON.stringify(tool.input) },
    },
    { type: "content_block_stop", index: 1 },
    { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 20 } },
    { type: "message_stop" },
  ]);
}
