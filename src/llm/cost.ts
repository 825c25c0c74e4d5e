/** What a call cost at list price. */
import { extractUsage, type Usage as Units } from "@pydantic/genai-prices";
import type { ApiName, Micros, Usage } from "../event.ts";
import type { Api } from "./api.ts";
import { type JsonObject, number, object, objects } from "./json.ts";
import type { PriceList } from "./price_list.ts";

export interface Priced {
  readonly api: Api;
  readonly provider: string;
  readonly url: string;
  /** The most exact name first: what answered, then what was asked for. */
  readonly models: readonly string[];
  readonly usage: Usage;
  readonly raw: JsonObject;
  readonly ts: Micros;
}

interface Reader {
  readonly providerId: string;
  readonly flavor: string;
  /** The usage's key in an answer; `usage` when not given. */
  readonly root?: string;
}

/** Whose field names an API's usage has, for the price list's own reader. */
const READERS: Readonly<Partial<Record<ApiName, Reader>>> = {
  "anthropic.messages": { providerId: "anthropic", flavor: "default" },
  "openai.chat": { providerId: "openai", flavor: "chat" },
  "openai.responses": { providerId: "openai", flavor: "responses" },
  "gemini.generate": { providerId: "google", flavor: "default", root: "usageMetadata" },
  // Where it is Anthropic's, which has short and long cache writes; the others' say nothing that ours do not.
  "bedrock.invoke": { providerId: "anthropic", flavor: "default" },
};

/** US dollars; null when the model has no known price. What the service itself says comes first. */
export function costUsd(call: Priced, prices: PriceList): number | null {
  const told = toldCost(call.raw);
  if (told !== null) return told;
  if (call.usage.input_tokens === null && call.usage.output_tokens === null) return null;
  // A model on one's own machine has no price, whoever made it.
  if (OWN_MACHINE.has(call.provider)) return null;
  const seller = prices.seller(sellerOf(call));
  const usage = units(call, prices);
  const timestamp = new Date(call.ts / 1000);
  for (const model of namesOf(call)) {
    try {
      const price = prices.price(usage, { model, seller, timestamp });
      if (price !== null) return price;
    } catch {
      // Counts that contradict each other (more cached than read) have no price.
    }
  }
  return null;
}

function sellerOf({ provider, url }: Priced): Parameters<PriceList["seller"]>[0] {
  if (provider === "aws.bedrock") return { providerId: "aws" };
  return provider.startsWith("gcp.")
    ? { providerId: "google" }
    : { providerApiUrl: url.replace(/[?#].*$/s, "") };
}

/** On Bedrock what was asked for is more exact: it says where the model runs, which has a price. */
function namesOf({ provider, models }: Priced): readonly string[] {
  if (provider === "aws.bedrock") return models.toReversed();
  // Compatible APIs of Google have the publisher before the model.
  return provider.startsWith("gcp.") ? models.map((model) => model.replace(/^[\w-]+\//, "")) : models;
}

const OWN_MACHINE: ReadonlySet<string> = new Set(["ollama", "llama.cpp"]);

/** OpenRouter, Perplexity and xAI say what they charge. */
function toldCost(raw: JsonObject): number | null {
  const charged = number(raw.cost) ?? number(object(raw.cost)?.total_cost);
  if (charged !== null) {
    // With a key of one's own at the provider, OpenRouter's charge is only its fee.
    const upstream = raw.is_byok === true ? number(object(raw.cost_details)?.upstream_inference_cost) : null;
    return charged + (upstream ?? 0);
  }
  const ticks = number(raw.cost_in_usd_ticks);
  return ticks === null ? null : ticks / TICKS_PER_USD;
}

/** https://docs.x.ai/developers/cost-tracking */
const TICKS_PER_USD = 1e10;

/**
 * The price list's reader knows what the common counts do not tell: short from long cache writes, audio, searches.
 * Where both know a count, ours is the one that the compatible services' differences were taken into account for.
 */
function units({ api, raw, usage, models }: Priced, prices: PriceList): Units {
  const { input_tokens, output_tokens, cache_read_tokens, cache_write_tokens } = usage;
  const counts = { input_tokens, output_tokens, cache_read_tokens, cache_write_tokens };
  const ours = Object.entries(counts).filter((entry): entry is [string, number] => entry[1] !== null);
  return { ...details({ api, raw, models }, prices), ...longWrites(raw), ...Object.fromEntries(ours) };
}

/** Bedrock's Converse: which of the cache writes are for an hour. */
function longWrites(raw: JsonObject): Units {
  const long = objects(raw.cacheDetails).find(({ ttl }) => ttl === "1h");
  const tokens = number(long?.inputTokens);
  return tokens === null ? {} : { cache_write_1h_tokens: tokens };
}

function details({ api, raw, models }: Pick<Priced, "api" | "raw" | "models">, prices: PriceList): Units {
  const known = READERS[api.name];
  const reader = known && prices.seller({ providerId: known.providerId });
  try {
    if (reader) {
      const model = models[0] ?? "";
      const answer = { model, modelVersion: model, [known.root ?? "usage"]: raw };
      return extractUsage(reader, answer, known.flavor).usage;
    }
  } catch {
    // A compatible service that leaves fields out.
  }
  return {};
}
