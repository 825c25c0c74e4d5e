import { anthropicMessages } from "../../samples/llm/anthropic_messages.ts";
import { isRecord, type Reply } from "../../samples/llm/dialect.ts";
import { openaiChat } from "../../samples/llm/openai_chat.ts";
import { openaiResponses } from "../../samples/llm/openai_responses.ts";
import type { Turn, TurnUsage } from "../../samples/llm/script.ts";
import { acceptedCodings, type Coding, encoded } from "./encoded_answer.ts";
import * as gemini from "./gemini.ts";
import { hasToolResult, shellCall } from "./shell_tool.ts";

type Transport = "HTTP" | "WebSocket";

/** One answer that the model gave. */
export interface ModelExchange {
  readonly path: string;
  readonly transport: Transport;
  readonly requestBody: string;
  /** What it was about: tools, the answer after them, or something beside the conversation. */
  readonly part: "tool call" | "parallel tool calls" | "answer" | "aside";
  readonly reply: Reply;
  /** How the answer was encoded. */
  readonly coding: Coding;
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
/** No two answers have the same counts. */
function usageOf(number: number): TurnUsage {
  return {
    input: 1000 + 17 * number,
    cacheRead: 200 + number,
    cacheWrite: 0,
    output: 30 + number,
    reasoning: 2,
  };
}

/** What a model says to a request, and what that is about. */
export interface Decision {
  readonly part: ModelExchange["part"];
  readonly turn: Omit<Turn, "usage">;
  /** Waited for before the answer is sent. */
  readonly until?: Promise<void>;
}

export type Decide = (
  request: Readonly<Record<string, unknown>>,
  before: readonly ModelExchange[],
) => Decision;

/**
 * A server of models, which keeps what was asked and answered. Everything else that agents ask for on the side is
 * not found. Each answer is encoded in another way that the agent accepts.
 */
export class AgentModel {
  readonly exchanges: ModelExchange[] = [];
  /** `METHOD path` of what was not found. */
  readonly asides: string[] = [];
  readonly #decide: Decide;

  constructor(decide: Decide) {
    this.#decide = decide;
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
    const accepted = acceptedCodings(http.headers.get("accept-encoding") ?? "");
    const coding = accepted[this.exchanges.length % accepted.length]!;
    const { reply, until } = this.#reply(request, { path, transport: "HTTP", requestBody, coding });
    await until;
    return request.stream === true || path.includes(":stream")
      ? encoded(api.events(reply), { coding, type: "text/event-stream" })
      : encoded([JSON.stringify(api.whole(reply))], { coding, type: "application/json" });
  };

  /** The Responses API over a WebSocket: a request and every event of its answer are a message each. */
  #socket(http: Request): Response {
    const path = new URL(http.url).pathname;
    const { socket, response } = Deno.upgradeWebSocket(http);
    socket.onmessage = ({ data }) => {
      const requestBody = String(data);
      const request = parseObject(requestBody);
      if (request === null) return socket.close();
      const { reply } = this.#reply(request, {
        path,
        transport: "WebSocket",
        requestBody,
        coding: "identity",
      });
      for (const event of openaiResponses.events(reply)) {
        socket.send(event.slice(event.indexOf("{")).trimEnd());
      }
    };
    return response;
  }

  #reply(
    request: Record<string, unknown>,
    call: Omit<ModelExchange, "part" | "reply">,
  ): { reply: Reply; until?: Promise<void> } {
    const { part, turn, ...wait } = this.#decide(request, this.exchanges);
    const number = this.exchanges.length + 1;
    const model = typeof request.model === "string" ? request.model : "model-of-test";
    const created = Math.floor(Date.now() / 1000);
    const reply = { turn: { ...turn, usage: usageOf(number) }, number, model, created, request };
    this.exchanges.push({ ...call, part, reply });
    return { reply, ...wait };
  }
}

/**
 * Runs the first command in whatever shell tool the agent offers, then the others at once, then says `answer`.
 * Only requests with a tool's results go on, so that titles and prewarming change nothing.
 */
export function runCommands(
  { commands, answer }: { readonly commands: readonly string[]; readonly answer: string },
): Decide {
  return (request, before) => {
    // A connection is warmed up with everything but the question.
    if (request.generate === false) return { part: "aside", turn: { text: "" } };
    const last = { text: answer + filler };
    const [command, ...others] = commands.map((command) => shellCall(request, command));
    if (hasToolResult(request)) {
      const tools = others.filter((tool) => tool !== null);
      const looked = before.some(({ part }) => part === "parallel tool calls");
      if (looked || tools.length === 0) return { part: "answer", turn: last };
      return { part: "parallel tool calls", turn: { text: "I look twice – ✓.", tools } };
    }
    if (!command) return { part: "aside", turn: last };
    return { part: "tool call", turn: { text: "I leave the proof.", tools: [command] } };
  };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
