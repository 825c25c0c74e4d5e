/** What a call cost at list price. */
import { calcPrice, extractUsage, findProvider, type Usage as Units } from "@pydantic/genai-prices";
import type { ApiName, Micros, Usage } from "../event.ts";
import type { Api } from "./api.ts";
import { type JsonObject, number } from "./json.ts";

export interface Priced {
  readonly api: Api;
  readonly url: string;
  /** The most exact name first: what answered, then what was asked for. */
  readonly models: readonly string[];
  readonly usage: Usage;
  readonly raw: JsonObject;
  readonly ts: Micros;
}

/** Whose field names an API's usage has, for the price list's own reader. */
const READERS: Readonly<Partial<Record<ApiName, { providerId: string; flavor: string }>>> = {
  "anthropic.messages": { providerId: "anthropic", flavor: "default" },
  "openai.chat": { providerId: "openai", flavor: "chat" },
  "openai.responses": { providerId: "openai", flavor: "responses" },
};

/** US dollars; null when the model has no known price. What the service itself says (OpenRouter) comes first. */
export function costUsd(call: Priced): number | null {
  const told = number(call.raw.cost);
  if (told !== null) return told;
  if (call.usage.input_tokens === null && call.usage.output_tokens === null) return null;
  const provider = findProvider({ providerApiUrl: call.url });
  const usage = units(call);
  const timestamp = new Date(call.ts / 1000);
  for (const model of call.models) {
    try {
      const price = calcPrice(usage, model, provider ? { provider, timestamp } : { timestamp });
      if (price) return price.total_price;
    } catch {
      // Counts that contradict each other (more cached than read) have no price.
    }
  }
  return null;
}

/** The price list tells short from long cache writes, which the common counts do not. */
function units({ api, raw, usage, models }: Priced): Units {
  const known = READERS[api.name];
  const reader = known && findProvider({ providerId: known.providerId });
  try {
    if (reader) return extractUsage(reader, { model: models[0] ?? "", usage: raw }, known.flavor).usage;
  } catch {
    // A compatible service that leaves fields out.
  }
  const counts = {
    input_tokens: usage.input_tokens,
    output_tokens: usage.output_tokens,
    cache_read_tokens: usage.cache_read_tokens,
    cache_write_tokens: usage.cache_write_tokens,
  };
  return Object.fromEntries(
    Object.entries(counts).filter((entry): entry is [string, number] => entry[1] !== null),
  );
}
