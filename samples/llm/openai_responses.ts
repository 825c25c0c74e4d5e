import { countRuns, type Dialect, makeId, namedEvent, pieces, type Reply } from "./dialect.ts";

/** An event before it has its `sequence_number`. */
interface Step {
  readonly type: string;
  readonly [field: string]: unknown;
}

export const openaiResponses: Dialect = {
  path: "/v1/responses",
  position: ({ input }) =>
    countRuns(
      input,
      ({ type, role }) => role === "assistant" || type === "function_call" || type === "reasoning",
    ),
  whole: (reply) => completed(reply),
  events: (reply) => {
    const started = { ...response(reply), status: "in_progress", output: [], usage: null };
    const steps: Step[] = [
      { type: "response.created", response: started },
      { type: "response.in_progress", response: started },
      ...items(reply).flatMap((item, output_index) => {
        const place = { item_id: item.id, output_index };
        return [
          { type: "response.output_item.added", output_index, item: unfinished(item) },
          ...inside(item).map((step) => ({ ...step, ...place })),
          { type: "response.output_item.done", output_index, item },
        ];
      }),
      { type: "response.completed", response: completed(reply) },
    ];
    return steps.map(({ type, ...rest }, sequence_number) => namedEvent({ type, sequence_number, ...rest }));
  },
  error: (type, message) => ({ error: { message, type, param: null, code: null } }),
};

type Item = ReturnType<typeof items>[number];

function items({ turn, number }: Reply) {
  const status = "completed";
  return [
    ...(turn.thinking === undefined ? [] : [{
      id: makeId("rs_", [number], 48),
      type: "reasoning" as const,
      summary: [{ type: "summary_text", text: turn.thinking }],
    }]),
    ...(turn.text === "" ? [] : [{
      id: makeId("msg_", [number], 48),
      type: "message" as const,
      status,
      content: [{
        type: "output_text",
        annotations: [] as never[],
        logprobs: [] as never[],
        text: turn.text,
      }],
      role: "assistant",
    }]),
    ...(turn.tools ?? []).map(({ id, name, namespace, input }, index) => ({
      id: makeId("fc_", [number, index], 48),
      type: "function_call" as const,
      status,
      arguments: JSON.stringify(input),
      call_id: id ?? makeId("call_", [number, index]),
      name,
      ...(namespace === undefined ? {} : { namespace }),
    })),
  ];
}

function unfinished(item: Item): unknown {
  switch (item.type) {
    case "reasoning":
      return { ...item, summary: [] };
    case "message":
      return { ...item, status: "in_progress", content: [] };
    case "function_call":
      return { ...item, status: "in_progress", arguments: "" };
  }
}

function inside(item: Item): Step[] {
  switch (item.type) {
    case "reasoning":
      return item.summary.flatMap((part, summary_index) => [
        { type: "response.reasoning_summary_part.added", summary_index, part: { ...part, text: "" } },
        ...pieces(part.text, 16)
          .map((delta) => ({ type: "response.reasoning_summary_text.delta", summary_index, delta })),
        { type: "response.reasoning_summary_text.done", summary_index, text: part.text },
        { type: "response.reasoning_summary_part.done", summary_index, part },
      ]);
    case "message":
      return item.content.flatMap((part, content_index) => [
        { type: "response.content_part.added", content_index, part: { ...part, text: "" } },
        ...pieces(part.text, 12)
          .map((delta) => ({ type: "response.output_text.delta", content_index, delta, logprobs: [] })),
        { type: "response.output_text.done", content_index, text: part.text, logprobs: [] },
        { type: "response.content_part.done", content_index, part },
      ]);
    case "function_call":
      return [
        ...pieces(item.arguments, 19).map((delta) => ({
          type: "response.function_call_arguments.delta",
          delta,
        })),
        { type: "response.function_call_arguments.done", arguments: item.arguments },
      ];
  }
}

function response({ number, created, model, request }: Reply) {
  return {
    id: makeId("resp_", [number], 48),
    object: "response",
    created_at: created,
    error: null,
    incomplete_details: null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    model,
    parallel_tool_calls: true,
    previous_response_id: request.previous_response_id ?? null,
    store: request.store ?? true,
    temperature: request.temperature ?? 1,
    tools: request.tools ?? [],
  };
}

function completed(reply: Reply) {
  const { input, cacheRead, cacheWrite, output, reasoning } = reply.turn.usage;
  const prompt = input + cacheRead + cacheWrite;
  return {
    ...response(reply),
    status: "completed",
    output: items(reply),
    usage: {
      input_tokens: prompt,
      input_tokens_details: { cached_tokens: cacheRead },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: reasoning },
      total_tokens: prompt + output,
    },
  };
}
