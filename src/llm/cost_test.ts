import assert from "node:assert/strict";
import type { Micros } from "../event.ts";
import { anthropic } from "./anthropic.ts";
import { costUsd, type Priced } from "./cost.ts";
import { PriceList } from "./price_list.ts";
import type { JsonObject } from "./json.ts";
import { openaiChat } from "./openai_chat.ts";
import { openaiUsage } from "./openai_usage.ts";

const TS = 1_790_000_000_000_000 as Micros;

function cost(raw: JsonObject, over: Partial<Priced> = {}): number | null {
  const usage = openaiUsage(raw);
  const url = "https://gateway.test/v1/chat/completions";
  return costUsd({
    api: openaiChat,
    provider: "openai",
    url,
    models: ["gpt-4o"],
    usage,
    raw,
    ts: TS,
    ...over,
  }, new PriceList());
}

const COUNTS = { prompt_tokens: 1_000_000, completion_tokens: 0 };

Deno.test("list prices, and null for what has none", () => {
  assert.equal(cost(COUNTS), 2.5);
  assert.equal(cost(COUNTS, { models: ["unknown", "gpt-4o"] }), 2.5);
  assert.equal(cost(COUNTS, { models: ["unknown"] }), null);
  assert.equal(cost({}), null);
  assert.equal(cost(COUNTS, { provider: "ollama" }), null);
});

Deno.test("counts that cannot be have no price", () => {
  assert.equal(
    cost({ prompt_tokens: 1, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 5 } }),
    null,
  );
  assert.equal(cost({ prompt_tokens: -1, completion_tokens: 1 }), null);
});

Deno.test("what the service charges comes first", () => {
  assert.equal(cost({ ...COUNTS, cost: 0 }), 0);
  assert.equal(cost({ ...COUNTS, cost: { total_cost: 0.5 } }), 0.5);
  assert.equal(cost({ ...COUNTS, cost_in_usd_ticks: 5e9 }), 0.5);
  assert.equal(cost({ ...COUNTS, cost: 1, is_byok: true, cost_details: { upstream_inference_cost: 2 } }), 3);
  assert.equal(cost({ ...COUNTS, cost: 1, is_byok: false, cost_details: { upstream_inference_cost: 2 } }), 1);
});

Deno.test("cache writes of an hour cost more than those of five minutes", () => {
  const of = (creation: JsonObject | null) => {
    const raw = {
      input_tokens: 0,
      cache_creation_input_tokens: 1_000_000,
      output_tokens: 0,
      cache_creation: creation,
    };
    const usage = anthropic.usage(raw);
    const url = "https://api.anthropic.com/v1/messages";
    return costUsd({
      api: anthropic,
      provider: "anthropic",
      url,
      models: ["claude-opus-5-5"],
      usage,
      raw,
      ts: TS,
    }, new PriceList());
  };
  assert.equal(of({ ephemeral_5m_input_tokens: 1_000_000, ephemeral_1h_input_tokens: 0 }), 5);
  assert.equal(of({ ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 1_000_000 }), 8);
  assert.equal(of(null), 5);
});
