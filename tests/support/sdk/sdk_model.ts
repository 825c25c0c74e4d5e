/** What official clients are asked to do, as a server sees it: it answers as each provider does, and keeps account. */
import { anthropicMessages } from "../../../samples/llm/anthropic_messages.ts";
import { isRecord, type Reply } from "../../../samples/llm/dialect.ts";
import { openaiChat } from "../../../samples/llm/openai_chat.ts";
import { openaiResponses } from "../../../samples/llm/openai_responses.ts";
import type { Turn } from "../../../samples/llm/script.ts";
import type { ApiName } from "../../../src/event.ts";
import { amazonException } from "../../../src/protocol/body/testdata/event_stream.ts";
import * as gemini from "../../agents/gemini.ts";
import * as converse from "./bedrock_converse.ts";
import * as ollama from "./ollama_chat.ts";

interface Api {
  readonly name: ApiName;
  readonly path: RegExp;
  readonly type: string;
  readonly whole: (reply: Reply) => unknown;
  readonly events: (reply: Reply) => readonly (string | Uint8Array<ArrayBuffer>)[];
  readonly error: (type: string, message: string) => unknown;
  /** An error among the events of a stream. */
  readonly broken: (type: string, message: string) => string | Uint8Array<ArrayBuffer>;
}

const SSE = "text/event-stream";
const google = (status: string, message: string) => ({ error: { code: 429, message, status } });
const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;

const apis: readonly Api[] = [
  {
    ...anthropicMessages,
    name: "anthropic.messages",
    path: /\/messages$/,
    type: SSE,
    broken: (type, message) => `event: error\n${data({ type: "error", error: { type, message } })}`,
  },
  {
    ...openaiChat,
    name: "openai.chat",
    path: /\/chat\/completions$/,
    type: SSE,
    broken: (type, message) => data({ error: { type, message } }),
  },
  {
    ...openaiResponses,
    name: "openai.responses",
    path: /\/responses$/,
    type: SSE,
    broken: (type, message) =>
      `event: error\n${data({ type: "error", code: type, message, sequence_number: 9 })}`,
  },
  {
    ...gemini,
    name: "gemini.generate",
    path: /:(?:streamG|g)enerateContent$/,
    type: SSE,
    error: google,
    broken: (type, message) => data(google(type, message)),
  },
  {
    ...converse,
    name: "bedrock.converse",
    path: /\/converse(?:-stream)?$/,
    type: "application/vnd.amazon.eventstream",
    error: (_type, message) => ({ message }),
    broken: amazonException,
  },
  {
    ...ollama,
    name: "ollama.chat",
    path: /\/api\/chat$/,
    type: "application/x-ndjson",
    error: (_type, message) => ({ error: message }),
    broken: (_type, message) => `${JSON.stringify({ error: message })}\n`,
  },
];

/** What one request came to. */
export interface Served {
  /** The provider's id of the request: `req_` and this. */
  readonly number: number;
  /** The client's word for what it does. */
  readonly task: string;
  readonly api: ApiName;
  readonly model: string;
  readonly streaming: boolean;
  readonly outcome: "answered" | "refused" | "broken" | "left";
  readonly turn: Turn;
}

const WEATHER = { name: "get_weather", input: { city: "Zürich 😀", days: [1, { at: '"noon"\n' }] } };

function turnOf(task: string, { number, done }: { number: number; done: boolean }): Turn {
  const usage = {
    input: 1000 + 17 * number,
    cacheRead: 200 + number,
    cacheWrite: 0,
    output: 30 + number,
    reasoning: 0,
  };
  if (done) return { text: `Both are told – ${task} ✓.`, usage };
  if (task.startsWith("tools")) {
    return { text: "I look.", tools: [WEATHER, { name: "get_time", input: {} }, WEATHER], usage };
  }
  const lines = Array.from({ length: task.startsWith("long") ? 300 : 20 }, (_, n) => `${n}: naïve – ✓😀`);
  return { text: `${task}\n${lines.join("\n")}`, usage };
}

export class SdkModel {
  readonly served: Served[] = [];
  /** `METHOD path` of what was no call. */
  readonly asides: string[] = [];
  readonly #seen = new Set<string>();

  /** A handler for `Deno.serve`. A task is `case:NAME`; NAME says what goes wrong with it. */
  readonly fetch = async (http: Request): Promise<Response> => {
    const path = decodeURIComponent(new URL(http.url).pathname);
    const text = await http.text();
    const api = apis.find((api) => api.path.test(path));
    const request: unknown = text === "" ? null : JSON.parse(text);
    if (!api || !isRecord(request)) {
      this.asides.push(`${http.method} ${path}`);
      return Response.json({ input_tokens: 42, totalTokens: 42 });
    }
    const task = [...text.matchAll(/case:([\w-]+)/g)].at(-1)?.[1] ??
      /result-of-([\w-]+)/.exec(text)?.[1] ?? "nothing";
    const number = this.served.length + 1;
    const turn = turnOf(task, { number, done: text.includes(`result-of-${task}`) });
    const model = String(request.model ?? /\/(?:model\/|models\/)([^/]+?)(?:\/[^/]+|:\w+)$/.exec(path)?.[1]);
    const streaming = request.stream === true || /:stream|-stream$/.test(path);
    const outcome = this.#outcome(task);
    this.served.push({ number, task, api: api.name, model, streaming, outcome, turn });
    const headers = {
      "x-request-id": `req_${number}`,
      "request-id": `req_${number}`,
      "x-amzn-requestid": `req_${number}`,
    };
    if (outcome === "refused") {
      // Clients that are told wait no longer; the others begin with half a second.
      const more = { ...headers, "retry-after-ms": "1", "x-amzn-errortype": "ThrottlingException" };
      return Response.json(api.error("rate_limit", `Too many: ${task}`), { status: 429, headers: more });
    }
    const reply = { turn, number, model, created: 1_790_000_000, request };
    if (!streaming) return Response.json(api.whole(reply), { headers });
    const events = api.events(reply);
    // Text has begun, whatever the API sends before it.
    const some = events.slice(0, 8);
    const sent = outcome === "broken" ? [...some, api.broken("overloaded", `Broke: ${task}`)] : events;
    const type = { ...headers, "content-type": api.type, "cache-control": "no-transform" };
    return new Response(outcome === "left" ? endless(some) : stream(sent), { headers: type });
  };

  #outcome(task: string): Served["outcome"] {
    if (task.startsWith("broken")) return "broken";
    if (task.startsWith("left")) return "left";
    const again = this.#seen.has(task);
    this.#seen.add(task);
    return task.startsWith("retried") && !again ? "refused" : "answered";
  }
}

function stream(
  events: readonly (string | Uint8Array<ArrayBuffer>)[],
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(events.map(encoded));
}

/** Until the client goes away. */
function endless(
  events: readonly (string | Uint8Array<ArrayBuffer>)[],
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({ start: (stream) => events.forEach((event) => stream.enqueue(encoded(event))) });
}

function encoded(event: string | Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return typeof event === "string" ? new TextEncoder().encode(event) : event;
}
