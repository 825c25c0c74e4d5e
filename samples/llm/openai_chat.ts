import { countRuns, type Dialect, isRecord, makeId, pieces, type Reply } from "./dialect.ts";

export const openaiChat: Dialect = {
  path: "/v1/chat/completions",
  position: ({ messages }) => countRuns(messages, ({ role }) => role === "assistant"),
  whole: (reply) => ({
    ...head(reply, "chat.completion"),
    choices: [{
      index: 0,
      message: {
        role: "assistant",
        content: reply.turn.text,
        refusal: null,
        ...(reply.turn.tools?.length ? { tool_calls: toolCalls(reply) } : {}),
      },
      logprobs: null,
      finish_reason: finishReason(reply),
    }],
    usage: usage(reply),
  }),
  events: (reply) => {
    const { stream_options } = reply.request;
    const includeUsage = isRecord(stream_options) && stream_options.include_usage === true;
    const chunks = choices(reply).map((choice) => ({
      ...head(reply, "chat.completion.chunk"),
      choices: [{ index: 0, logprobs: null, ...choice }],
      ...(includeUsage ? { usage: null } : {}),
    }));
    const last = { ...head(reply, "chat.completion.chunk"), choices: [], usage: usage(reply) };
    return [...[...chunks, ...(includeUsage ? [last] : [])].map((chunk) => JSON.stringify(chunk)), "[DONE]"]
      .map((data) => `data: ${data}\n\n`);
  },
  error: (type, message) => ({ error: { message, type, param: null, code: null } }),
};

function head({ model, number, created }: Reply, object: string) {
  return {
    id: makeId("chatcmpl-", [number], 29),
    object,
    created,
    model,
    service_tier: "default",
    system_fingerprint: "fp_a1b2c3d4e5",
  };
}

function choices(reply: Reply): { delta: unknown; finish_reason: string | null }[] {
  const deltas: unknown[] = [
    { role: "assistant", content: "", refusal: null },
    ...pieces(reply.turn.text, 12).map((content) => ({ content })),
    ...toolCalls(reply).flatMap((call, index) => [
      { tool_calls: [{ index, ...call, function: { ...call.function, arguments: "" } }] },
      ...pieces(call.function.arguments, 19)
        .map((text) => ({ tool_calls: [{ index, function: { arguments: text } }] })),
    ]),
  ];
  return [
    ...deltas.map((delta) => ({ delta, finish_reason: null })),
    { delta: {}, finish_reason: finishReason(reply) },
  ];
}

function toolCalls({ turn, number }: Reply) {
  return (turn.tools ?? []).map(({ id, name, input }, index) => ({
    id: id ?? makeId("call_", [number, index]),
    type: "function",
    function: { name, arguments: JSON.stringify(input) },
  }));
}

function finishReason({ turn }: Reply): string {
  return turn.tools?.length ? "tool_calls" : "stop";
}

function usage({ turn }: Reply) {
  const { input, cacheRead, cacheWrite, output, reasoning } = turn.usage;
  const prompt = input + cacheRead + cacheWrite;
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    prompt_tokens_details: { cached_tokens: cacheRead, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
