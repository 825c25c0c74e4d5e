/**
 * Amazon Bedrock's InvokeModel: requests, each in the format of its model's maker. Answers:
 * `bedrock_invoke_answer.ts`.
 */
import type { Message, Usage } from "../event.ts";
import { anthropic } from "./anthropic.ts";
import type { Api, CallRequest } from "./api.ts";
import { bedrockConverse } from "./bedrock_converse.ts";
import { BedrockInvokeAnswer } from "./bedrock_invoke_answer.ts";
import { bedrockModel } from "./bedrock_model.ts";
import { rawPart } from "./bedrock_text_answer.ts";
import { type JsonObject, number, object, objects, string } from "./json.ts";
import { openaiChat } from "./openai_chat.ts";

const PATH = /\/model\/.+\/invoke(?:-with-response-stream)?$/;

export const bedrockInvoke: Api = {
  name: "bedrock.invoke",
  operation: "chat",
  path: PATH,

  /** Any body may be one. */
  requestShape(_body, path) {
    return PATH.test(path) ? "certain" : "no";
  },

  answers(value) {
    return value[":event-type"] === "chunk";
  },

  request(body, endpoint) {
    const read = chatFormat(body)?.request(body, endpoint) ?? textRequest(body);
    return { ...read, model: bedrockModel(endpoint.path) ?? read.model };
  },

  reader: () => new BedrockInvokeAnswer(),

  usage(raw): Usage {
    if ("input_tokens" in raw) return anthropic.usage(raw);
    if ("inputTokens" in raw) return bedrockConverse.usage(raw);
    if ("prompt_tokens" in raw) return openaiChat.usage(raw);
    return bedrockConverse.usage({
      inputTokens: raw.inputTokenCount ?? raw.prompt_token_count ?? raw.inputTextTokenCount,
      outputTokens: raw.outputTokenCount ?? raw.generation_token_count ?? raw.totalOutputTextTokenCount,
      cacheReadInputTokens: raw.cacheReadInputTokenCount,
      cacheWriteInputTokens: raw.cacheWriteInputTokenCount,
    });
  },
};

/** Anthropic's format, Nova's, which is Converse's, or the one that all others with messages have. */
function chatFormat(body: JsonObject): Api | null {
  if ("anthropic_version" in body) return anthropic;
  if (bedrockConverse.requestShape(body, "") === "certain") return bedrockConverse;
  return objects(body.messages).length > 0 ? openaiChat : null;
}

/** Llama, Mistral, Titan, Cohere; what is none of these stays as it is. */
function textRequest(body: JsonObject): CallRequest {
  const config = object(body.textGenerationConfig) ?? body;
  const preamble = string(body.preamble);
  const text = string(body.prompt) ?? string(body.inputText) ?? string(body.message);
  const asked: Message = {
    role: "user",
    parts: [text === null ? rawPart(body) : { type: "text", content: text }],
  };
  return {
    model: null,
    system: preamble === null ? [] : [{ type: "text", content: preamble }],
    messages: [...objects(body.chat_history).map(cohereMessage), asked],
    tools: objects(body.tools).map((tool) => ({
      name: string(tool.name) ?? "",
      description: string(tool.description),
      parameters: tool.parameter_definitions ?? null,
    })),
    temperature: number(config.temperature),
    max_tokens: number(config.max_tokens) ?? number(config.max_gen_len) ?? number(config.maxTokenCount) ??
      number(config.max_tokens_to_sample),
    conversation: null,
    previousResponse: null,
  };
}

const ROLES: Readonly<Record<string, string>> = {
  USER: "user",
  CHATBOT: "assistant",
  SYSTEM: "system",
  TOOL: "tool",
};

function cohereMessage(raw: JsonObject): Message {
  const role = string(raw.role) ?? "";
  const text = string(raw.message);
  return {
    role: ROLES[role] ?? role,
    parts: [text === null ? rawPart(raw) : { type: "text", content: text }],
  };
}
