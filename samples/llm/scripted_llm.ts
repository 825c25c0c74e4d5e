import { anthropicMessages } from "./anthropic_messages.ts";
import { type Dialect, isRecord } from "./dialect.ts";
import { openaiChat } from "./openai_chat.ts";
import { openaiResponses } from "./openai_responses.ts";
import type { Turn } from "./script.ts";

export interface ScriptedLlmOptions {
  /** Between the writes of a streamed answer, in milliseconds. */
  readonly pause?: number;
}

/** Ground truth of one LLM call. */
export interface Exchange {
  readonly path: string;
  readonly request: Readonly<Record<string, unknown>>;
  /** The request's body as it came. */
  readonly requestBody: string;
  readonly streaming: boolean;
  readonly turn: Turn;
  /** The answer's body as it was sent: JSON, or the whole event stream. */
  readonly responseBody: string;
}

const dialects: readonly Dialect[] = [anthropicMessages, openaiChat, openaiResponses];

/**
 * A model that says what its script says, over the Anthropic Messages, OpenAI Chat and OpenAI Responses APIs.
 *
 * The turn is chosen by how many turns of the model the request holds, so several agents can use one server;
 * after the last turn that one is repeated.
 */
export class ScriptedLlm {
  readonly exchanges: Exchange[] = [];
  readonly #script: readonly Turn[];
  readonly #pause: number;

  constructor(script: readonly Turn[], { pause = 0 }: ScriptedLlmOptions = {}) {
    if (script.length === 0) throw new Error("Cannot answer from a script: it has no turn");
    this.#script = script;
    this.#pause = pause;
  }

  /** A handler for `Deno.serve`. */
  readonly fetch = async (http: Request): Promise<Response> => {
    const path = new URL(http.url).pathname;
    if (path === "/v1/models") return Response.json(models);
    const dialect = dialects.find((dialect) => dialect.path === path && http.method === "POST");
    if (dialect === undefined) {
      const error = anthropicMessages.error("not_found_error", `${http.method} ${path}`);
      return Response.json(error, { status: 404 });
    }
    const requestBody = await http.text();
    const request = parseObject(requestBody);
    if (request === null || typeof request.model !== "string") {
      const error = dialect.error("invalid_request_error", "a JSON object with a model is needed");
      return Response.json(error, { status: 400 });
    }
    const turn = this.#script[Math.min(dialect.position(request), this.#script.length - 1)]!;
    const number = this.exchanges.length + 1;
    const reply = { turn, number, model: request.model, created: Math.floor(Date.now() / 1000), request };
    const streaming = request.stream === true;
    const responseBody = streaming ? dialect.events(reply).join("") : JSON.stringify(dialect.whole(reply));
    this.exchanges.push({ path, request, requestBody, streaming, turn, responseBody });
    const headers = {
      "content-type": streaming ? "text/event-stream; charset=utf-8" : "application/json",
      "cache-control": "no-cache",
      "request-id": `req_${String(number).padStart(24, "0")}`,
    };
    return new Response(streaming ? trickle(responseBody, this.#pause) : responseBody, { headers });
  };
}

const models = {
  object: "list",
  data: ["claude-sonnet-4-5", "gpt-4o"].map((id) => ({ id, object: "model", type: "model" })),
};

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** Network-like cuts: inside lines, inside multi-byte characters, several events at once. */
function trickle(body: string, pause: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(body);
  const sizes = [1, 17, 2, 1021, 7, 250];
  let at = 0;
  let cut = 0;
  return new ReadableStream({
    async pull(controller) {
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
      const size = sizes[cut++ % sizes.length]!;
      controller.enqueue(bytes.slice(at, at += size));
      if (at >= bytes.length) controller.close();
    },
  });
}
