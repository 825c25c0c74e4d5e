/** Anthropic Messages: requests. Answers are read in `anthropic_answer.ts`. */
import type { Message, ToolDefinition, Usage } from "../event.ts";
import { AnthropicAnswer } from "./anthropic_answer.ts";
import { blocks } from "./anthropic_blocks.ts";
import type { Api } from "./api.ts";
import { type JsonObject, number, object, objects, parseJson, string } from "./json.ts";

const EVENTS = /^(?:message_(?:start|delta|stop)|content_block_(?:start|delta|stop))$/;

export const anthropic: Api = {
  name: "anthropic.messages",
  operation: "chat",
  /** Vertex AI has the model in the path. */
  path: /\/messages$|\/publishers\/anthropic\/models\/[^/:]+:(?:rawPredict|streamRawPredict)$/,

  requestShape(body) {
    const messages = objects(body.messages);
    if (messages.length === 0 || !messages.every((message) => string(message.role))) return "no";
    const marked = "system" in body || "anthropic_version" in body ||
      objects(body.tools).some((tool) => "input_schema" in tool) ||
      messages.some(({ content }) =>
        objects(content).some((block) => /^tool_(use|result)$/.test(`${block.type}`))
      );
    return marked && number(body.max_tokens) !== null ? "certain" : "possible";
  },

  answers(value) {
    const type = string(value.type) ?? "";
    if (type === "message") return Array.isArray(value.content);
    return EVENTS.test(type) || (type === "error" && object(value.error) !== null);
  },

  request(body, { path }) {
    // With a thread the provider keeps the conversation, and only what is new is sent.
    const thread = object(body.thread);
    return {
      model: string(body.model) ?? /\/models\/([^/:]+):\w+$/.exec(path)?.[1] ?? null,
      system: blocks(body.system),
      messages: objects(body.messages).map(message),
      tools: objects(body.tools).map(tool),
      temperature: number(body.temperature),
      max_tokens: number(body.max_tokens),
      conversation: sessionOf(string(object(body.metadata)?.user_id) ?? ""),
      previousResponse: string(thread?.previous_message_id),
      kept: thread !== null,
    };
  },

  reader: () => new AnthropicAnswer(),

  /** Anthropic counts cached input apart; the common definition includes it. */
  usage(raw): Usage {
    const input = number(raw.input_tokens);
    const read = number(raw.cache_read_input_tokens);
    const written = number(raw.cache_creation_input_tokens);
    return {
      input_tokens: input === null ? null : input + (read ?? 0) + (written ?? 0),
      output_tokens: number(raw.output_tokens),
      cache_read_tokens: read,
      cache_write_tokens: written,
      reasoning_tokens: number(object(raw.output_tokens_details)?.thinking_tokens),
    };
  },
};

/**
 * Claude Code's `metadata.user_id` is a JSON object with a `session_id`; before 2.1 it was
 * `user_<hash>_account_<uuid>_session_<uuid>`. Anybody else's names a user, not a conversation.
 */
function sessionOf(user: string): string | null {
  if (user.startsWith("{")) return string(object(parseJson(user))?.session_id);
  return /^user_\w*_account_[\w-]*_session_([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/.exec(user)?.[1] ??
    null;
}

function message(raw: JsonObject): Message {
  return { role: string(raw.role) ?? "", parts: blocks(raw.content) };
}

/** Server tools have a type and a name and no schema. */
function tool(raw: JsonObject): ToolDefinition {
  return {
    name: string(raw.name) ?? string(raw.type) ?? "",
    description: string(raw.description),
    parameters: raw.input_schema ?? null,
  };
}
