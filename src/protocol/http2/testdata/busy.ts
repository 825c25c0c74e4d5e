/** A long conversation: streams that overlap, tables that fill up and run over, every kind of frame. */
import { concat } from "../../../bytes.ts";
import { type Call, recv, send } from "./conversation.ts";
import { data, Headers, ping, PREFACE, priority, reset, settings, settingsAck, window } from "./frames.ts";

export interface Busy {
  readonly calls: readonly Call[];
  /** Where frames begin, in each call. */
  readonly frames: readonly (readonly number[])[];
}

const ROUNDS = 8;

export function busy(): Busy {
  const client = new Headers();
  const server = new Headers();
  const ask = (id: number, last: boolean) =>
    client.frames(id, [
      [":method", last ? "GET" : id % 4 === 1 ? "POST" : "PUT"],
      [":scheme", "https"],
      [":authority", "api.test"],
      [":path", last ? `/item/${id}` : "/v1/messages"],
      ["user-agent", "agent/1"],
      ["authorization", "Bearer 1234567890"],
      ["x-id", `${id}`],
      // The table has run over after four of these.
      ...id % 6 === 1 ? [["x-long", `${id} `.repeat(200)] as const] : [],
    ], {
      end: last,
      cut: id % 6 === 1 ? 20 : 1 << 20,
      priority: id % 4 === 3,
      ...id % 10 === 1 ? { padding: 9 } : {},
    });
  const answer = (id: number) =>
    server.frames(id, {
      ":status": id % 5 === 0 ? "429" : "200",
      "content-type": id % 4 === 1 ? "text/event-stream" : "application/json",
      "x-request-id": `r${id}`,
      date: `day ${id >> 2}`,
    });
  const script: [dir: "send" | "recv", frames: Uint8Array[]][] = [
    ["send", [PREFACE, settings(), window(0)]],
    ["recv", [settings(new Uint8Array(12)), settingsAck()]],
  ];
  for (let round = 0; round < ROUNDS; round++) {
    const [a, b, c] = [6 * round + 1, 6 * round + 3, 6 * round + 5];
    script.push(
      ["send", [ask(a, false), data(a, `question ${a} `), ask(b, true)]],
      ["recv", [settingsAck(), window(a), answer(b)]],
      ["send", [data(a, "goes on", { end: true, padding: 3 }), priority(b)]],
      ["recv", [answer(a), data(b, `item ${b}`, { end: true }), data(a, `answer ${a} `)]],
      ["send", [ask(c, false), data(c, `more ${c}`), data(c, "", { end: true }), ping()]],
      ["recv", [data(a, "to the end", { padding: 0 }), server.frames(a, { "x-sum": `${a}` }, { end: true })]],
      ["recv", [answer(c), data(c, `part ${c}`)]],
      ["send", [round % 2 === 0 ? reset(c) : window(c)]],
      ["recv", [round % 2 === 0 ? ping() : data(c, "rest", { end: true })]],
    );
  }
  const calls = script.map(([dir, frames]) => dir === "send" ? send(...frames) : recv(...frames));
  // CONTINUATION frames come in one array with what they continue: nobody can join between them.
  const frames = script.map(([, list]) => list.map((_, i) => concat(list.slice(0, i)).length));
  return { calls, frames };
}
