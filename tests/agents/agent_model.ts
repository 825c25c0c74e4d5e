import { anthropicMessages } from "../../samples/llm/anthropic_messages.ts";
import { isRecord, type Reply } from "../../samples/llm/dialect.ts";
import { openaiChat } from "../../samples/llm/openai_chat.ts";
import { openaiResponses } from "../../samples/llm/openai_responses.ts";
import type { Turn } from "../../samples/llm/script.ts";
import * as gemini from "./gemini.ts";
import { hasToolResult, shellCall } from "./shell_tool.ts";

type Transport = "HTTP" | "WebSocket";

/** One answer that the model gave. */
export interface ModelExchange {
  readonly path: string;
  readonly transport: Transport;
  readonly requestBody: string;
  /** What it was about: the tool, the answer after it, or something beside the conversation. */
  readonly part: "tool call" | "answer" | "aside";
}

interface Api {
  whole(reply: Reply): unknown;
  events(reply: Reply): readonly string[];
}

const apis: readonly [path: RegExp, api: Api][] = [
  [/\/messages$/, anthropicMessages],
  [/\/chat\/completions$/, openaiChat],
  [/\/responses$/, openaiResponses],
  [/:(?:streamG|g)enerateContent$/, gemini],
];
/** Long enough for many TLS records; no line twice, or an agent thinks that its model is stuck. */
const filler = Array.from({ length: 100 }, (_, n) => {
  const word = (Math.imul(n + 1, 0x9e3779b1) >>> 0).toString(36);
  return `\n${n}: naïve – ${word} ${word.split("").reverse().join("")}`;
}).join("");
const usage = { input: 100, cacheRead: 20, cacheWrite: 0, output: 10, reasoning: 2 };

/**
 * A model with one idea: run `command` in whatever shell tool the agent offers, then say `answer`.
 *
 * Which of the two is due is read from the conversation, so that titles, retries and prewarming change nothing.
 * Everything else that agents ask for on the side is not found.
 */
export class AgentModel {
  readonly exchanges: ModelExchange[] = [];
  /** `METHOD path` of what was not found. */
  readonly asides: string[] = [];
  readonly #command: string;
  readonly #answer: string;

  constructor({ command, answer }: { readonly command: string; readonly answer: string }) {
    this.#command = command;
    this.#answer = answer;
  }

  /** A handler for `Deno.serve`. */
  readonly fetch = async (http: Request): Promise<Response> => {
    const path = new URL(http.url).pathname;
    const [, api] = apis.find(([pattern]) => pattern.test(path)) ?? [];
    if (api === openaiResponses && http.headers.get("upgrade") === "websocket") return this.#socket(http);
    const requestBody = await http.text();
    const request = http.method === "POST" ? parseObject(requestBody) : null;
    if (api === undefined || request === null) {
      this.asides.push(`${http.method} ${path}`);
      return Response.json({ error: { message: `nothing at ${path}` } }, { status: 404 });
    }
    const reply = this.#reply(request, { path, transport: "HTTP", requestBody });
    return request.stream === true || path.includes(":stream")
      ? new Response(api.events(reply).join(""), { headers: { "content-type": "text/event-stream" } })
      : Response.json(api.whole(reply));
  };

  /** The Responses API over a WebSocket: a request and every event of its answer are a message each. */
  #socket(http: Request): Response {
    const path = new URL(http.url).pathname;
    const { socket, response } = Deno.upgradeWebSocket(http);
    socket.onmessage = ({ data }) => {
      const requestBody = String(data);
      const request = parseObject(requestBody);
      if (request === null) return socket.close();
      const reply = this.#reply(request, { path, transport: "WebSocket", requestBody });
      for (const event of openaiResponses.events(reply)) {
        socket.send(event.slice(event.indexOf("{")).trimEnd());
      }
    };
    return response;
  }

  #reply(request: Record<string, unknown>, call: Omit<ModelExchange, "part">): Reply {
    const { part, turn } = this.#due(request);
    this.exchanges.push({ ...call, part });
    const model = typeof request.model === "string" ? request.model : "model-of-test";
    const created = Math.floor(Date.now() / 1000);
    return { turn, number: this.exchanges.length, model, created, request };
  }

  #due(request: Record<string, unknown>): { part: ModelExchange["part"]; turn: Turn } {
    // A connection is warmed up with everything but the question.
    if (request.generate === false) return { part: "aside", turn: { text: "", usage } };
    const answer = { text: this.#answer + filler, usage };
    if (hasToolResult(request)) return { part: "answer", turn: answer };
    const tool = shellCall(request, this.#command);
    if (tool === null) return { part: "aside", turn: answer };
    return { part: "tool call", turn: { text: "I leave the proof.", tools: [tool], usage } };
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
