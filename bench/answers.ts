/** From plain text of connections to finished calls, beside a bare loop over the same events and a plain pipeline. */
import { Buffer } from "node:buffer";
import { createParser } from "eventsource-parser";
import { HTTPParser } from "http-parser-js";
import type { Micros } from "../src/event.ts";
import { Interpreter } from "../src/interpreter.ts";
import type { StreamRecord } from "../src/protocol/stream_record.ts";
import { type Dialect, dialects, request, wrap } from "./answer_streams.ts";
import { type Bench, Series } from "./bench.ts";
import { cpuTime } from "./cpu_time.ts";

/** What one TLS record holds at most, and so what is captured at once of a busy stream. */
const RECORD_BYTES = 16_384;
const CALLS = 24;
const actor = { pid: 7, tid: 7, start: 1 as Micros, comm: "agent" };

export const answers: Bench = {
  name: "answers",
  title: "Streamed answers",
  method:
    "Calls with streamed answers of 3,000 events each, one after the other on a connection (HTTP/1.1, a chunk an event, " +
    "records of 16 KiB), in turns by the interpreter (to finished calls), by a bare loop over the events' bytes alone " +
    "(decode, split, JSON.parse: no HTTP, no state), and by http-parser-js + eventsource-parser + JSON.parse. " +
    "Processor time of one process, garbage collection included.",
  run({ quick }) {
    return Promise.resolve(dialects.flatMap((dialect) => compare(dialect, quick)));
  },
};

function compare(dialect: Dialect, quick: boolean) {
  const events = dialect.events(quick ? 100 : 3_000);
  const answer = wrap(events);
  const sent = request(dialect);
  const bare = new TextEncoder().encode(events.join(""));
  const ours = new Series(`${dialect.name}: interpreter`, "MB/s");
  const loop = new Series(`${dialect.name}: bare loop`, "MB/s");
  const plain = new Series(`${dialect.name}: plain pipeline`, "MB/s");
  const toLoop = new Series(`${dialect.name}: interpreter ÷ bare loop`, "×", { least: 1 });
  const toPlain = new Series(`${dialect.name}: interpreter ÷ plain pipeline`, "×", { least: 4 });
  for (let round = 0; round < (quick ? 1 : 12); round++) {
    const a = rate(answer.length, () => interpret(sent, answer));
    const b = rate(bare.length, () => bareLoop(bare));
    const c = rate(answer.length, () => plainPipeline(answer));
    // The first round warms up.
    if (round === 0 && !quick) continue;
    ours.add(a);
    loop.add(b);
    plain.add(c);
    toLoop.add(a / b);
    toPlain.add(a / c);
  }
  return [ours, loop, plain, toLoop, toPlain].map(({ row }) => row);
}

function rate(bytes: number, work: () => void): number {
  const from = cpuTime();
  work();
  return bytes * CALLS / 1e6 / (cpuTime() - from);
}

function interpret(sent: Uint8Array, answer: Uint8Array): void {
  const interpreter = new Interpreter();
  const pos = { send: 0, recv: 0 };
  let ts = 1_790_000_000_000_000, call = 0, calls = 0;
  const push = (records: StreamRecord[]) => {
    for (const draft of interpreter.push(records)) if (draft.kind === "llm.call" && draft.complete) calls++;
  };
  push([{ type: "open", conn: 1, fromStart: true, ts: ts as Micros, actor }]);
  for (let n = 0; n < CALLS; n++) {
    for (const [dir, bytes] of [["send", sent], ["recv", answer]] as const) {
      for (let from = 0; from < bytes.length; from += RECORD_BYTES) {
        const piece = bytes.subarray(from, from + RECORD_BYTES);
        push([{
          type: "data",
          conn: 1,
          dir,
          pos: pos[dir],
          call: ++call,
          bytes: piece,
          ts: ++ts as Micros,
          actor,
        }]);
        pos[dir] += piece.length;
      }
    }
  }
  if (calls !== CALLS) throw new Error(`Cannot measure: ${calls} of ${CALLS} calls finished`);
}

function bareLoop(bytes: Uint8Array): void {
  for (let n = 0; n < CALLS; n++) {
    const decoder = new TextDecoder();
    let rest = "";
    for (let from = 0; from < bytes.length; from += RECORD_BYTES) {
      const text = rest + decoder.decode(bytes.subarray(from, from + RECORD_BYTES), { stream: true });
      const events = text.split("\n\n");
      rest = events.pop()!;
      for (const event of events) {
        const data = event.slice(event.indexOf("data: ") + 6);
        if (data !== "[DONE]") JSON.parse(data);
      }
    }
  }
}

function plainPipeline(bytes: Uint8Array): void {
  for (let n = 0; n < CALLS; n++) {
    const decoder = new TextDecoder();
    const events = createParser({
      onEvent: ({ data }) => {
        if (data !== "[DONE]") JSON.parse(data);
      },
    });
    const parser = new HTTPParser(HTTPParser.RESPONSE);
    parser[HTTPParser.kOnBody] = (body, offset, length) => {
      events.feed(decoder.decode(body.subarray(offset, offset + length), { stream: true }));
    };
    for (let from = 0; from < bytes.length; from += RECORD_BYTES) {
      parser.execute(Buffer.from(bytes.buffer, from, Math.min(RECORD_BYTES, bytes.length - from)));
    }
  }
}
