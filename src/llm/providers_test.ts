import assert from "node:assert/strict";
import { bedrockConverse } from "./bedrock_converse.ts";
import { gemini } from "./gemini.ts";
import { ollamaChat } from "./ollama.ts";
import { openaiChat } from "./openai_chat.ts";
import { PriceList } from "./price_list.ts";
import { providerName } from "./providers.ts";

const prices = new PriceList();

const CASES: readonly (readonly [host: string, model: string | null, provider: string])[] = [
  ["api.anthropic.com", null, "anthropic"],
  ["res.openai.azure.com:443", "gpt-4o", "azure.ai.openai"],
  ["res.services.ai.azure.com", null, "azure.ai.inference"],
  ["us.api.openai.com", null, "openai"],
  ["API.OpenAI.com", null, "openai"],
  ["openrouter.ai", "anthropic/claude", "openrouter"],
  ["api.individual.githubcopilot.com", "claude-opus-5-5", "github"],
  ["codestral.mistral.ai", null, "mistral_ai"],
  ["dashscope-intl.aliyuncs.com", "qwen3-max", "dashscope"],
  ["api2.cursor.sh", null, "cursor"],
  ["generativelanguage.googleapis.com", "gemini-2.5-pro", "gcp.gemini"],
  ["aiplatform.googleapis.com", "claude-opus-5-5", "gcp.vertex_ai"],
  ["europe-west4-aiplatform.googleapis.com:443", null, "gcp.vertex_ai"],
  ["aiplatform.eu.rep.googleapis.com", null, "gcp.vertex_ai"],
  ["us-central1-aiplatform-psc.p.googleapis.com", null, "gcp.vertex_ai"],
  ["cloudcode-pa.googleapis.com", "gemini-2.5-pro", "gcp.gen_ai"],
  ["daily-cloudcode-pa.sandbox.googleapis.com", null, "gcp.gen_ai"],
  ["bedrock-runtime.us-east-1.amazonaws.com", "claude-opus-5-5", "aws.bedrock"],
  ["bedrock-runtime-fips.us-gov-west-1.amazonaws.com", null, "aws.bedrock"],
  ["bedrock-runtime.eu-west-1.api.aws", null, "aws.bedrock"],
  ["bedrock-mantle.us-east-1.api.aws", null, "aws.bedrock"],
  ["bedrock-runtime.cn-north-1.amazonaws.com.cn", null, "aws.bedrock"],
  ["vpce-0a1b-2c3d.bedrock-runtime.us-east-1.vpce.amazonaws.com", null, "aws.bedrock"],
  ["abc.execute-api.us-east-1.amazonaws.com", "claude-opus-5-5", "anthropic"],
  ["localhost:11434", "claude-opus-5-5", "ollama"],
  ["[::1]:11434", null, "ollama"],
  ["gateway.internal", "claude-opus-5-5", "anthropic"],
  ["gateway.internal", "deepseek-chat", "deepseek"],
  ["gateway.internal", "a model of ours", "openai"],
  ["notopenai.com", "deepseek-chat", "deepseek"],
  ["", null, "openai"],
];

for (const [host, model, provider] of CASES) {
  Deno.test(`${model} at ${host} is served by ${provider}`, () => {
    assert.equal(providerName(host, { api: openaiChat, model, headers: undefined, prices }), provider);
  });
}

Deno.test("a server that names itself, and an API that nobody else has", () => {
  const headers = new Map([["server", "llama.cpp"]]);
  assert.equal(providerName("box:8080", { api: openaiChat, model: "gpt-4o", headers, prices }), "llama.cpp");
  assert.equal(
    providerName("box", { api: ollamaChat, model: "gpt-4o", headers: undefined, prices }),
    "ollama",
  );
  const model = "anthropic.claude-opus-5-5-v1:0";
  assert.equal(
    providerName("box", { api: bedrockConverse, model, headers: undefined, prices }),
    "aws.bedrock",
  );
  assert.equal(providerName("box", { api: gemini, model: "ours", headers: undefined, prices }), "gcp.gemini");
});
