/** Who serves a call: OpenTelemetry's name for a known host, else the model's maker, else whose API it is. */
import { findProvider } from "@pydantic/genai-prices";
import type { Api } from "./api.ts";

const HOSTS: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\.)anthropic\.com$/, "anthropic"],
  [/\.openai\.azure\.com$|\.cognitiveservices\.azure\.com$/, "azure.ai.openai"],
  [/\.services\.ai\.azure\.com$/, "azure.ai.inference"],
  [/(?:^|\.)openai\.com$|^chatgpt\.com$/, "openai"],
  [/(?:^|\.)openrouter\.ai$/, "openrouter"],
  [/\.githubcopilot\.com$/, "github"],
  [/^generativelanguage\.googleapis\.com$/, "gcp.gemini"],
  [/aiplatform\.googleapis\.com$/, "gcp.vertex_ai"],
  [/\.amazonaws\.com$|\.api\.aws$/, "aws.bedrock"],
  [/\.mistral\.ai$/, "mistral_ai"],
  [/\.deepseek\.com$/, "deepseek"],
  [/^api\.x\.ai$/, "x_ai"],
  [/^api\.groq\.com$/, "groq"],
  [/\.cohere\.(?:com|ai)$/, "cohere"],
  [/\.perplexity\.ai$/, "perplexity"],
  [/\.moonshot\.(?:cn|ai)$/, "moonshot_ai"],
];

/** The price list's names for the makers whose models others serve under the same API. */
const MAKERS: ReadonlyMap<string, string> = new Map([
  ["anthropic", "anthropic"],
  ["openai", "openai"],
  ["mistral", "mistral_ai"],
  ["deepseek", "deepseek"],
  ["x-ai", "x_ai"],
  ["google", "gcp.gemini"],
]);

export function providerName(host: string, call: { api: Api; model: string | null }): string {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  for (const [pattern, provider] of HOSTS) if (pattern.test(name)) return provider;
  const maker = call.model === null ? undefined : findProvider({ modelId: call.model })?.id;
  return MAKERS.get(maker ?? "") ?? call.api.name.slice(0, call.api.name.indexOf("."));
}
