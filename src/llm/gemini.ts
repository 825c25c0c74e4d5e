/**
 * Gemini's generateContent and streamGenerateContent, on the Gemini API, on Vertex AI, and as Code Assist wraps it
 * (`{model, project, request: {…, session_id}}`): requests. Answers: `gemini_answer.ts`.
 */
import type { Message, Part, ToolDefinition, Usage } from "../event.ts";
import type { Api } from "./api.ts";
import { GeminiAnswer, joinTexts } from "./gemini_answer.ts";
import { geminiParts } from "./gemini_parts.ts";
import { field, list } from "./google_json.ts";
import { type JsonObject, number, object, string } from "./json.ts";

export const gemini: Api = {
  name: "gemini.generate",
  operation: "generate_content",
  path: /:(?:generateContent|streamGenerateContent)$/,

  requestShape(body) {
    const contents = list(inner(body).contents);
    return contents.length > 0 && contents.every(({ parts }) => list(parts).length > 0) ? "certain" : "no";
  },

  answers(value) {
    const answer = object(value.response) ?? value;
    const candidates = list(answer.candidates);
    if (candidates.length > 0) return candidates.some((one) => object(one.content) || one.finishReason);
    return object(answer.usageMetadata) !== null || object(answer.promptFeedback) !== null;
  },

  request(body, { path }) {
    const asked = inner(body);
    const config = object(field(asked, "generationConfig"));
    const session = asked === body ? null : field(asked, "sessionId");
    return {
      model: (string(body.model) ?? modelIn(path))?.replace(/^models\//, "") ?? null,
      system: instruction(field(asked, "systemInstruction")),
      messages: list(asked.contents).map(message),
      tools: list(asked.tools).flatMap(tools),
      temperature: number(config?.temperature),
      max_tokens: config && number(field(config, "maxOutputTokens")),
      conversation: string(session) || null,
      previousResponse: null,
    };
  },

  reader: () => new GeminiAnswer(),

  /** Cached input is in the prompt's count; what tools of the service read, and thoughts, are counted apart. */
  usage(raw): Usage {
    const thoughts = number(raw.thoughtsTokenCount);
    return {
      input_tokens: sum(number(raw.promptTokenCount), number(raw.toolUsePromptTokenCount)),
      output_tokens: sum(number(raw.candidatesTokenCount), thoughts),
      cache_read_tokens: number(raw.cachedContentTokenCount),
      cache_write_tokens: null,
      reasoning_tokens: thoughts,
    };
  },
};

function sum(count: number | null, more: number | null): number | null {
  return count === null && more === null ? null : (count ?? 0) + (more ?? 0);
}

/** What Code Assist wraps. */
function inner(body: JsonObject): JsonObject {
  const wrapped = object(body.request);
  return wrapped && "contents" in wrapped && !("contents" in body) ? wrapped : body;
}

function modelIn(path: string): string | null {
  return /\/(?:models|tunedModels)\/([^/:]+):\w+$/.exec(path)?.[1] ?? null;
}

function instruction(value: unknown): Part[] {
  if (typeof value === "string") return [{ type: "text", content: value }];
  return geminiParts(object(value)?.parts);
}

const ROLES: Readonly<Record<string, string>> = { model: "assistant", function: "tool" };

/** What the model said comes back in the pieces it was streamed in, or joined. */
function message(raw: JsonObject): Message {
  const parts = geminiParts(raw.parts);
  const role = string(raw.role) ?? "user";
  return { role: ROLES[role] ?? role, parts: role === "model" ? joinTexts(parts) : parts };
}

/** Functions are declared together; each tool of the service's own is a key with its settings. */
function tools(tool: JsonObject): ToolDefinition[] {
  return Object.entries(tool).flatMap(([name, value]): ToolDefinition[] => {
    if (name !== "functionDeclarations" && name !== "function_declarations") {
      return [{ name, description: null, parameters: value }];
    }
    return list(value).map((declared) => ({
      name: string(declared.name) ?? "",
      description: string(declared.description),
      parameters: declared.parameters ?? field(declared, "parametersJsonSchema") ?? null,
    }));
  });
}
