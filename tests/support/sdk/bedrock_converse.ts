/** Amazon Bedrock's Converse: answers as its service writes them. */
import { makeId, pieces, type Reply } from "../../../samples/llm/dialect.ts";
import { amazonEvent } from "../../../src/protocol/body/testdata/event_stream.ts";

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
    amazonEvent("messageStart", { role: "assistant", p: "abcdefgh" }),
    ...blocks.flatMap(({ start, deltas }, contentBlockIndex) => [
      ...(start === null ? [] : [amazonEvent("contentBlockStart", { contentBlockIndex, start })]),
      ...deltas.map((delta) => amazonEvent("contentBlockDelta", { contentBlockIndex, delta, p: "abc" })),
      amazonEvent("contentBlockStop", { contentBlockIndex }),
    ]),
    amazonEvent("messageStop", ending(reply)),
    amazonEvent("metadata", { usage: usage(reply), metrics: { latencyMs: 7 } }),
  ];
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
