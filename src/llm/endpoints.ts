/** Which exchanges are LLM calls: by the end of the path where it is a known one, and by shape on any other. */
import { anthropic } from "./anthropic.ts";
import type { Api } from "./api.ts";
import { bedrockConverse } from "./bedrock_converse.ts";
import { bedrockInvoke } from "./bedrock_invoke.ts";
import { connectRpc } from "./connect_rpc.ts";
import { gemini } from "./gemini.ts";
import { geminiInteractions } from "./gemini_interactions.ts";
import type { JsonObject } from "./json.ts";
import { ollamaChat, ollamaEmbed, ollamaGenerate } from "./ollama.ts";
import { openaiChat } from "./openai_chat.ts";
import { openaiCompletions } from "./openai_completions.ts";
import { openaiEmbeddings } from "./openai_embeddings.ts";
import { openaiResponses } from "./openai_responses.ts";

/** The longer path and the more telling shape first. */
const APIS: readonly Api[] = [
  anthropic,
  gemini,
  bedrockConverse,
  bedrockInvoke,
  openaiChat,
  openaiResponses,
  geminiInteractions,
  openaiCompletions,
  ollamaChat,
  ollamaGenerate,
  ollamaEmbed,
  openaiEmbeddings,
  connectRpc,
];

/** Requests that look like calls but generate nothing. */
const NOT_CALLS =
  /[/:](?:count_tokens|count-tokens(?::rawPredict)?|countTokens|input_tokens|models|batches|moderations|rerank|tokenize|detokenize|completions\/render)$/;

/** What a request body that cannot be parsed must still show. */
const CALL_KEYS = /"(?:model|messages|input|prompt|contents|anthropic_version|inputText)"\s*:/;
const KEYS_WITHIN = 65_536;

export interface Recognition {
  /** Settled by path and shape together. */
  readonly api: Api | null;
  /** In order of likelihood: the answer decides between them. */
  readonly candidates: readonly Api[];
  /** The first candidate holds even without an answer. */
  readonly certain: boolean;
}

const NOT_A_CALL: Recognition = { api: null, candidates: [], certain: false };

/** `body` is null when the text is not a JSON object (whole, or with a gap). */
export function recognise(target: string, request: { body: JsonObject | null; text: string }): Recognition {
  const path = pathOf(target);
  if (NOT_CALLS.test(path)) return NOT_A_CALL;
  const { body, text } = request;
  const byPath = APIS.find((api) => {
    return api.path.test(path) &&
      (body ? api.requestShape(body, path) !== "no" : CALL_KEYS.test(text.slice(0, KEYS_WITHIN)));
  });
  if (byPath) return { api: byPath, candidates: [byPath], certain: true };
  if (!body) return NOT_A_CALL;
  const shapes = APIS.map((api) => ({ api, shape: api.requestShape(body, path) }));
  const certain = shapes.filter(({ shape }) => shape === "certain").map(({ api }) => api);
  const possible = shapes.filter(({ shape }) => shape === "possible").map(({ api }) => api);
  return { api: null, candidates: [...certain, ...possible], certain: certain.length > 0 };
}

/** Without the query and the slashes at its end. */
export function pathOf(target: string): string {
  const query = target.search(/[?#]/);
  let end = query < 0 ? target.length : query;
  while (target[end - 1] === "/") end--;
  return target.slice(0, end);
}
