/** Who serves a call: OpenTelemetry's name for a known host, else the model's maker, else whose API it is. */
import type { Headers } from "../protocol/exchange.ts";
import type { Api } from "./api.ts";
import type { PriceList } from "./price_list.ts";

const HOSTS: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\.)anthropic\.com$/, "anthropic"],
  [/\.openai\.azure\.(?:com|us|cn)$|\.cognitiveservices\.azure\.com$/, "azure.ai.openai"],
  [/\.services\.ai\.azure\.com$|^models\.inference\.ai\.azure\.com$/, "azure.ai.inference"],
  [/(?:^|\.)openai\.com$|^chatgpt\.com$/, "openai"],
  [/(?:^|\.)openrouter\.ai$/, "openrouter"],
  [/(?:^|\.)githubcopilot\.com$|^models\.github\.ai$|^copilot-proxy\.githubusercontent\.com$/, "github"],
  [/^generativelanguage\.googleapis\.com$/, "gcp.gemini"],
  // Regional, multi-regional and private endpoints.
  [/(?:^|-)aiplatform(?:\.[a-z]+\.rep|[a-z0-9-]*\.p)?\.googleapis\.com$/, "gcp.vertex_ai"],
  [/(?:^|-)cloudcode-pa(?:\.sandbox)?\.googleapis\.com$/, "gcp.gen_ai"],
  // Endpoints of a VPC have a name before these; some partitions have domains of their own.
  [
    /(?:^|\.)bedrock-(?:runtime|mantle)(?:-fips)?\.[a-z0-9-]+\.(?:vpce\.)?(?:amazonaws\.(?:com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.(?:com\.cn|eu))$/,
    "aws.bedrock",
  ],
  [/\.mistral\.ai$/, "mistral_ai"],
  [/\.deepseek\.com$/, "deepseek"],
  [/(?:^|\.)api\.x\.ai$/, "x_ai"],
  [/^api\.groq\.com$/, "groq"],
  [/\.cohere\.(?:com|ai)$/, "cohere"],
  [/\.perplexity\.ai$/, "perplexity"],
  [/\.moonshot\.(?:cn|ai)$/, "moonshot_ai"],
  [/\.ml\.cloud\.ibm\.com$/, "ibm.watsonx.ai"],
  // OpenTelemetry has no names for those below.
  [/^dashscope(?:-[a-z]+)?\.aliyuncs\.com$/, "dashscope"],
  [/^(?:api\.z\.ai|open\.bigmodel\.cn)$/, "z_ai"],
  [/^api\.minimaxi?\.(?:io|com|chat)$/, "minimax"],
  [/^api\.together\.(?:xyz|ai)$/, "together"],
  [/^api\.fireworks\.ai$/, "fireworks"],
  [/^api\.cerebras\.ai$/, "cerebras"],
  [/^integrate\.api\.nvidia\.com$/, "nvidia"],
  [/^router\.huggingface\.co$/, "huggingface"],
  [/^ai-gateway\.vercel\.sh$/, "vercel"],
  [/^api\.voyageai\.com$/, "voyage_ai"],
  [/(?:^|\.)cursor\.sh$/, "cursor"],
  [/^ollama\.com$/, "ollama"],
];

/** Ollama's own, on any host; nobody else listens there. */
const OLLAMA_PORT = ":11434";

/** The price list's names for the makers whose models others serve under the same API. */
const MAKERS: ReadonlyMap<string, string> = new Map([
  ["anthropic", "anthropic"],
  ["openai", "openai"],
  ["mistral", "mistral_ai"],
  ["deepseek", "deepseek"],
  ["x-ai", "x_ai"],
  ["google", "gcp.gemini"],
]);

export interface Served {
  readonly api: Api;
  readonly model: string | null;
  /** Of the answer. */
  readonly headers: Headers | undefined;
  readonly prices: PriceList;
}

export function providerName(host: string, { api, model, headers, prices }: Served): string {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  for (const [pattern, provider] of HOSTS) if (pattern.test(name)) return provider;
  if (host.endsWith(OLLAMA_PORT) || api.name.startsWith("ollama.")) return "ollama";
  // llama.cpp's server names itself; vLLM and LM Studio leave nothing that is certain.
  if (headers?.get("server") === "llama.cpp") return "llama.cpp";
  // Who made the models that Bedrock serves does not serve them.
  if (api.name.startsWith("bedrock.")) return "aws.bedrock";
  const maker = model === null ? undefined : prices.seller({ modelId: model })?.id;
  const family = MAKERS.get(maker ?? "");
  if (family !== undefined) return family;
  return api.name.startsWith("gemini.") ? "gcp.gemini" : api.name.slice(0, api.name.indexOf("."));
}
