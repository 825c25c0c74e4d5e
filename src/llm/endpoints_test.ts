import assert from "node:assert/strict";
import { recognise } from "./endpoints.ts";
import { object, parseJson } from "./json.ts";

const CHAT = { model: "m", messages: [{ role: "user", content: "q" }] };
const MARKED = { ...CHAT, max_tokens: 9, system: "s" };
const PROMPT = { model: "m", prompt: "q" };
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
