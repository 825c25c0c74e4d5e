import assert from "node:assert/strict";
import { recognise } from "./endpoints.ts";
import { object, parseJson } from "./json.ts";

const CHAT = { model: "m", messages: [{ role: "user", content: "q" }] };
const MARKED = { ...CHAT, max_tokens: 9, system: "s" };
const PROMPT = { model: "m", prompt: "q" };
const CONTENTS = { contents: [{ parts: [{ text: "q" }] }] };
const BLOCKS = { messages: [{ role: "user", content: [{ text: "q" }] }] };
const INPUT = { model: "m", input: ["q"] };

/** Settled by the path: its name. Left to the answer: the candidates, and `!` when the first one is certain. */
const CASES: readonly (readonly [target: string, body: unknown, recognised: string])[] = [
  ["/v1/messages?beta=true", MARKED, "anthropic.messages"],
  ["/proxy/anthropic/v1/messages/", CHAT, "anthropic.messages"],
  ["/v1/messages/count_tokens", MARKED, ""],
  ["/v1/messages/batches", { requests: [] }, ""],
  ["/v1/chat/completions", CHAT, "openai.chat"],
  ["/chat/completions#x", CHAT, "openai.chat"],
  ["/openai/deployments/d/chat/completions?api-version=1", { messages: CHAT.messages }, "openai.chat"],
  ["/v1/agents/completions", { agent_id: "a", messages: CHAT.messages }, "openai.chat"],
  ["/v1/responses", { input: "q" }, "openai.responses"],
  ["/v1/responses/compact", { model: "m", input: [{ role: "user", content: "q" }] }, "openai.responses"],
  ["/v1/responses/input_tokens", { model: "m", input: "q" }, ""],
  ["/v1/completions", PROMPT, "openai.completions"],
  ["/v1/fim/completions", PROMPT, "openai.completions"],
  ["/completion", { prompt: "q" }, "openai.completions"],
  ["/v1/embeddings", INPUT, "openai.embeddings"],
  ["/api/chat", CHAT, "ollama.chat"],
  ["/api/generate", PROMPT, "ollama.generate"],
  ["/api/embed", INPUT, "ollama.embed"],
  ["/api/embeddings", PROMPT, "ollama.embed"],
  ["/v1beta/models/gemini-2.5-pro:generateContent", CONTENTS, "gemini.generate"],
  ["/v1beta/tunedModels/t:streamGenerateContent?alt=sse", CONTENTS, "gemini.generate"],
  ["/v1internal:streamGenerateContent?alt=sse", { model: "m", request: CONTENTS }, "gemini.generate"],
  ["/v1beta/models/m:countTokens", CONTENTS, ""],
  ["/v1beta/models/m:embedContent", { content: CONTENTS.contents[0] }, ""],
  ["/v1beta/interactions", { model: "m", input: "q" }, "gemini.interactions"],
  ["/api/v10/interactions", { type: 2, data: {} }, ""],
  ["/v1/publishers/anthropic/models/m:streamRawPredict", CHAT, "anthropic.messages"],
  ["/v1/publishers/anthropic/models/count-tokens:rawPredict", MARKED, ""],
  ["/v1/publishers/mistralai/models/m:rawPredict", CHAT, "!openai.chat anthropic.messages ollama.chat"],
  ["/v1/projects/p/locations/l/endpoints/openapi/chat/completions", CHAT, "openai.chat"],
  ["/model/amazon.nova-pro-v1%3A0/converse", BLOCKS, "bedrock.converse"],
  ["/model/m/converse-stream", { promptVariables: { a: { text: "q" } } }, "bedrock.converse"],
  ["/model/arn%3Aaws%3Abedrock%3A%3A%3Aprompt%2Fp/invoke", { anything: 1 }, "bedrock.invoke"],
  ["/model/m/invoke-with-response-stream", "cut off", ""],
  ["/model/m/invoke-with-response-stream", '{"anthropic_version":"bed', "bedrock.invoke"],
  ["/model/m/count-tokens", { input: { converse: BLOCKS } }, ""],
  ["/anthropic/v1/messages", MARKED, "anthropic.messages"],
  ["/x", CONTENTS, "!gemini.generate"],
  ["/x", { model: "m", request: CONTENTS }, "!gemini.generate"],
  [
    "/x",
    { ...CHAT, previous_interaction_id: "i", input: "q", messages: [] },
    "!gemini.interactions openai.responses ollama.embed openai.embeddings",
  ],
  ["/v1/moderations", INPUT, ""],
  ["/v1/messages", { content: "a chat among people" }, ""],
  ["/x", MARKED, "!anthropic.messages openai.chat ollama.chat"],
  ["/x", CHAT, "!openai.chat anthropic.messages ollama.chat"],
  ["/x", PROMPT, "openai.completions ollama.generate ollama.embed"],
  ["/x", {}, ""],
  ["/v1/messages", "cut off", ""],
  ["/v1/messages", '{"model":"m","messages":[', "anthropic.messages"],
  ["/v1/completions", '{"prompt":"', "openai.completions"],
];

for (const [target, body, expected] of CASES) {
  Deno.test(`recognised: ${target} ${JSON.stringify(body).slice(0, 40)}`, () => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const { api, candidates, certain } = recognise(target, { body: object(parseJson(text)), text });
    const open = `${certain ? "!" : ""}${candidates.map(({ name }) => name).join(" ")}`;
    assert.equal(api?.name ?? open, expected);
  });
}
