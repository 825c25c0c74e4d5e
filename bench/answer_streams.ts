/** Streamed answers in the forms that the large providers send, of words that differ. */

export interface Dialect {
  readonly name: string;
  readonly path: string;
  readonly body: unknown;
  /** The events as they go over the wire, `count` of them with text. */
  events(count: number): string[];
}

const words = [
  "The ",
  "quick",
  " brown fox,",
  "\n\n",
  " naïve",
  " jumps",
  ' over "the"',
  " lazy dog. ",
  "for",
  " (i)",
  " {",
];

function word(n: number): string {
  return words[n % words.length]! + (n % 7 === 0 ? n.toString(36) : "");
}

function named(event: { readonly type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

const ask = { model: "m", max_tokens: 9, stream: true, messages: [{ role: "user", content: "Tell me." }] };

const anthropic: Dialect = {
  name: "Anthropic Messages",
  path: "/v1/messages",
  body: { ...ask, system: "Be brief." },
  events: (count) => {
    const usage = { input_tokens: 10, output_tokens: 1 };
    const message = { id: "msg_01", type: "message", role: "assistant", model: "m", content: [], usage };
    return [
      { type: "message_start", message },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      ...Array.from({ length: count }, (_, n) => ({
        type: "content_block_delta",
        index: 0,
        delta: { type: "text_delta", text: word(n) },
      })),
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: count } },
      { type: "message_stop" },
    ].map(named);
  },
};

const chat: Dialect = {
  name: "OpenAI Chat",
  path: "/v1/chat/completions",
  body: ask,
  events: (count) => {
    const head = {
      id: "chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG",
      object: "chat.completion.chunk",
      created: 1741570283,
      model: "m",
    };
    const chunk = (delta: unknown, n: number, finish_reason: string | null = null) => ({
      ...head,
      service_tier: "default",
      system_fingerprint: "fp_50cad350e4",
      choices: [{ index: 0, delta, logprobs: null, finish_reason }],
      obfuscation: "x".repeat(3 + n % 11),
    });
    const events = [
      chunk({ role: "assistant", content: "" }, 0),
      ...Array.from({ length: count }, (_, n) => chunk({ content: word(n) }, n)),
      chunk({}, 0, "stop"),
      {
        ...head,
        choices: [],
        usage: { prompt_tokens: 9, completion_tokens: count, total_tokens: 9 + count },
      },
    ];
    return [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), "data: [DONE]\n\n"];
  },
};

const responses: Dialect = {
  name: "OpenAI Responses",
  path: "/v1/responses",
  body: { model: "m", stream: true, input: [{ role: "user", content: "Tell me." }] },
  events: (count) => {
    const response = {
      id: "resp_67c9fdcecf488190bdd9a0409de3a1ec",
      object: "response",
      status: "in_progress",
      model: "m",
      output: [],
    };
    const item = {
      id: "msg_67c9fdcf37fc8190ba82116e33fb28c5",
      type: "message",
      status: "completed",
      role: "assistant",
    };
    const text = Array.from({ length: count }, (_, n) => word(n)).join("");
    const whole = { ...item, content: [{ type: "output_text", text, annotations: [] }] };
    const usage = { input_tokens: 9, output_tokens: count, total_tokens: 9 + count };
    let sequence_number = 0;
    return [
      { type: "response.created", response },
      { type: "response.output_item.added", output_index: 0, item: { ...item, content: [] } },
      ...Array.from({ length: count }, (_, n) => ({
        type: "response.output_text.delta",
        item_id: item.id,
        output_index: 0,
        content_index: 0,
        delta: word(n),
        logprobs: [],
        obfuscation: "x".repeat(3 + n % 11),
      })),
      { type: "response.output_item.done", output_index: 0, item: whole },
      { type: "response.completed", response: { ...response, status: "completed", output: [whole], usage } },
    ].map((event) => named(Object.assign(event, { sequence_number: sequence_number++ })));
  },
};

export const dialects: readonly Dialect[] = [anthropic, chat, responses];

const encoder = new TextEncoder();

/** A chunk an event, as servers flush them. */
export function wrap(events: readonly string[]): Uint8Array<ArrayBuffer> {
  const head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n";
  const chunks = events.map((event) => `${encoder.encode(event).length.toString(16)}\r\n${event}\r\n`);
  return encoder.encode(head + chunks.join("") + "0\r\n\r\n");
}

export function request({ path, body }: Dialect): Uint8Array {
  const text = JSON.stringify(body);
  const head = `POST ${path} HTTP/1.1\r\nHost: llm.test\r\nContent-Type: application/json\r\n`;
  return encoder.encode(`${head}Content-Length: ${encoder.encode(text).length}\r\n\r\n${text}`);
}
