import { countRuns, type Dialect, makeId, namedEvent, pieces, type Reply } from "./dialect.ts";

interface Block {
  readonly type: string;
  readonly [field: string]: unknown;
}

export const anthropicMessages: Dialect = {
  path: "/v1/messages",
  position: ({ messages }) => countRuns(messages, ({ role }) => role === "assistant"),
  whole: (reply) => ({
    ...message(reply),
    content: blocks(reply),
    stop_reason: stopReason(reply),
    usage: usage(reply, reply.turn.usage.output),
  }),
  events: (reply) =>
    [
      { type: "message_start", message: { ...message(reply), content: [], usage: usage(reply, 1) } },
      ...blocks(reply).flatMap((block, index) => [
        { type: "content_block_start", index, content_block: empty(block) },
        ...(index === 0 ? [{ type: "ping" }] : []),
        ...deltas(block).map((delta) => ({ type: "content_block_delta", index, delta })),
        { type: "content_block_stop", index },
      ]),
      {
        type: "message_delta",
        delta: { stop_reason: stopReason(reply), stop_sequence: null },
        usage: usage(reply, reply.turn.usage.output),
      },
      { type: "message_stop" },
    ].map(namedEvent),
  error: (type, message) => ({ type: "error", error: { type, message } }),
};

function message({ model, number }: Reply) {
  return {
    model,
    id: makeId("msg_01", [number], 22),
    type: "message",
    role: "assistant",
    content: [] as readonly Block[],
    stop_reason: null as string | null,
    stop_sequence: null,
  };
}

function blocks({ turn, number }: Reply): Block[] {
  return [
    ...(turn.thinking === undefined ? [] : [{
      type: "thinking",
      thinking: turn.thinking,
      signature: btoa(`signature of answer ${number}`),
    }]),
    ...(turn.text === "" ? [] : [{ type: "text", text: turn.text }]),
    ...(turn.tools ?? []).map(({ id, name, input }, index) => ({
      type: "tool_use",
      id: id ?? makeId("toolu_01", [number, index], 22),
      name,
      input,
    })),
  ];
}

function empty(block: Block): Block {
  const content = { thinking: { thinking: "", signature: "" }, text: { text: "" }, tool_use: { input: {} } };
  return { ...block, ...content[block.type as keyof typeof content] };
}

function deltas(block: Block): unknown[] {
  switch (block.type) {
    case "thinking":
      return [
        ...pieces(String(block.thinking), 16).map((thinking) => ({ type: "thinking_delta", thinking })),
        { type: "signature_delta", signature: block.signature },
      ];
    case "tool_use":
      return ["", ...pieces(JSON.stringify(block.input), 19)]
        .map((partial_json) => ({ type: "input_json_delta", partial_json }));
    default:
      return pieces(String(block.text), 12).map((text) => ({ type: "text_delta", text }));
  }
}

function stopReason({ turn }: Reply): string {
  return turn.tools?.length ? "tool_use" : "end_turn";
}

function usage({ turn }: Reply, output: number) {
  const { input, cacheRead, cacheWrite, reasoning } = turn.usage;
  return {
    input_tokens: input,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: 0 },
    output_tokens: output,
    ...(reasoning > 0 && output > 1 ? { output_tokens_details: { thinking_tokens: reasoning } } : {}),
    service_tier: "standard",
  };
}
