/** Amazon Bedrock's Converse: answers as its service writes them. */
import { crc32 } from "node:zlib";
import { concat } from "../../../src/bytes.ts";
import { makeId, pieces, type Reply } from "../../../samples/llm/dialect.ts";

interface Tool {
  readonly toolUseId: string;
  readonly name: string;
  readonly input: unknown;
}

export function whole(reply: Reply): unknown {
  const { text } = reply.turn;
  const content = [...(text === "" ? [] : [{ text }]), ...tools(reply).map((toolUse) => ({ toolUse }))];
  return { output: { message: { role: "assistant", content } }, ...ending(reply), usage: usage(reply) };
}

export function events(reply: Reply): Uint8Array<ArrayBuffer>[] {
  const { text } = reply.turn;
  const texts = text === "" ? [] : [pieces(text, 12).map((text) => ({ text }))];
  const blocks = [
    ...texts.map((deltas) => ({ start: null, deltas: deltas as unknown[] })),
    ...tools(reply).map(({ input, ...toolUse }) => ({
      start: { toolUse },
      deltas: pieces(JSON.stringify(input), 7).map((input) => ({ toolUse: { input } })) as unknown[],
    })),
  ];
  return [
    message("messageStart", { role: "assistant", p: "abcdefgh" }),
    ...blocks.flatMap(({ start, deltas }, contentBlockIndex) => [
      ...(start === null ? [] : [message("contentBlockStart", { contentBlockIndex, start })]),
      ...deltas.map((delta) => message("contentBlockDelta", { contentBlockIndex, delta, p: "abc" })),
      message("contentBlockStop", { contentBlockIndex }),
    ]),
    message("messageStop", ending(reply)),
    message("metadata", { usage: usage(reply), metrics: { latencyMs: 7 } }),
  ];
}

/** An error in the middle of a stream. */
export function exception(type: string, text: string): Uint8Array<ArrayBuffer> {
  return frame({ ":exception-type": type, ":message-type": "exception" }, { message: text });
}

function tools({ turn, number }: Reply): Tool[] {
  return (turn.tools ?? []).map(({ name, input }, index) => ({
    toolUseId: makeId("tooluse_", [number, index]),
    name,
    input,
  }));
}

function ending({ turn }: Reply) {
  return { stopReason: turn.tools?.length ? "tool_use" : "end_turn" };
}

function usage({ turn: { usage: { input, cacheRead, cacheWrite, output } } }: Reply) {
  return {
    inputTokens: input,
    outputTokens: output,
    totalTokens: input + cacheRead + cacheWrite + output,
    cacheReadInputTokens: cacheRead,
    cacheWriteInputTokens: cacheWrite,
  };
}

function message(type: string, payload: unknown): Uint8Array<ArrayBuffer> {
  return frame({ ":event-type": type, ":message-type": "event" }, payload);
}

/** `application/vnd.amazon.eventstream`: lengths, their checksum, headers, payload, checksum. */
function frame(headers: Readonly<Record<string, string>>, payload: unknown): Uint8Array<ArrayBuffer> {
  const named = Object.entries({ ...headers, ":content-type": "application/json" }).map(([name, value]) =>
    concat([Uint8Array.of(name.length), bytesOf(name), Uint8Array.of(7, 0, value.length), bytesOf(value)])
  );
  const head = concat(named);
  const body = bytesOf(JSON.stringify(payload));
  const out = new Uint8Array(16 + head.length + body.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, out.length);
  view.setUint32(4, head.length);
  view.setUint32(8, crc32(out.subarray(0, 8)));
  out.set(head, 12);
  out.set(body, 12 + head.length);
  view.setUint32(out.length - 4, crc32(out.subarray(0, -4)));
  return out;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
