/** The `llm.call` event and the `tool.call` events that come with it. */
import type { Draft, LlmCalled, Micros, Part, Peer, ToolUse, Usage } from "../event.ts";
import type { Exchange, Headers } from "../protocol/exchange.ts";
import type { Answer, Api, CallError, CallRequest } from "./api.ts";
import type { AgentWords } from "./agent_headers.ts";
import { costUsd } from "./cost.ts";
import { actorOf, urlOf } from "./exchange_event.ts";
import type { Rebuilt } from "./history.ts";
import type { Place } from "./lineage.ts";
import type { PriceList } from "./price_list.ts";
import { providerName } from "./providers.ts";

export interface Call {
  readonly id: string;
  readonly exchange: Exchange;
  readonly peer: Peer | null;
  readonly api: Api;
  readonly request: CallRequest;
  readonly prices: PriceList;
  readonly history: Rebuilt;
  readonly words: AgentWords;
  readonly place: Place;
  readonly answer: Answer;
  readonly error: CallError | null;
  readonly streaming: boolean;
  readonly firstContent: Micros | null;
  readonly complete: boolean;
}

const NO_USAGE: Usage = {
  input_tokens: null,
  output_tokens: null,
  cache_read_tokens: null,
  cache_write_tokens: null,
  reasoning_tokens: null,
};

export function callEvent(call: Call): Draft<LlmCalled> {
  const { exchange, api, request, answer, words, place } = call;
  const { start, last, response } = exchange;
  const { head } = exchange.request;
  const url = urlOf(exchange);
  const model = answer.model ?? request.model;
  const models = [answer.model, request.model].filter((name) => name !== null);
  const raw = answer.usage;
  const usage = raw ? api.usage(raw) : NO_USAGE;
  const { headers } = response.head ?? {};
  const provider = providerName(head.headers.get("host") ?? "", { api, model, headers, prices: call.prices });
  return {
    ...actorOf(exchange),
    ts: last,
    kind: "llm.call",
    id: call.id,
    provider,
    api: api.name,
    operation: api.operation,
    model,
    endpoint: url,
    http: { version: head.version, status: response.head?.status || null },
    peer: call.peer,
    request_id: requestId(headers),
    streaming: call.streaming,
    conversation: words.conversation ?? request.conversation,
    thread: place.thread,
    continues: place.continues,
    appended: place.appended,
    compacted: place.compacted || words.compacted,
    subagent: words.subagent ?? (place.spawnedBy === null ? null : true),
    spawned_by: place.spawnedBy,
    purpose: words.purpose,
    retry_of: place.retryOf,
    error: call.error,
    request: {
      system: request.system,
      messages: call.history.messages,
      history: call.history.source,
      tools: request.tools,
      temperature: request.temperature,
      max_tokens: request.max_tokens,
    },
    response: {
      id: answer.id,
      parts: answer.parts,
      text: visibleText(answer.parts),
      tool_calls: toolUses(call.id, answer.parts),
      stop_reason: answer.stop_reason,
    },
    usage,
    usage_raw: raw,
    cost_usd: raw ? costUsd({ api, provider, url, models, usage, raw, ts: start }, call.prices) : null,
    timing: {
      start,
      ttft_ms: call.firstContent === null ? null : (call.firstContent - start) / 1000,
      duration_ms: (last - start) / 1000,
      tokens_per_s: tokenRate(usage.output_tokens, call.firstContent, last),
    },
    complete: call.complete,
    gaps: exchange.request.gaps + response.gaps,
  };
}

/** Of the time in which the answer came, not of the wait before it. */
function tokenRate(tokens: number | null, first: Micros | null, last: Micros): number | null {
  if (tokens === null || first === null || last <= first) return null;
  return tokens / ((last - first) / 1e6);
}

/** By the services' own names: Anthropic; OpenAI and most others; Azure; AWS; Google; GitHub; Mistral. */
const REQUEST_IDS = [
  "request-id",
  "x-request-id",
  "apim-request-id",
  "x-amzn-requestid",
  "x-goog-request-id",
  "x-github-request-id",
  "mistral-correlation-id",
];

function requestId(headers: Headers | undefined): string | null {
  for (const name of REQUEST_IDS) {
    const id = headers?.get(name);
    if (id) return id;
  }
  return null;
}

/** What a person would read of an answer: its text, and a refusal's. */
function visibleText(parts: readonly Part[]): string {
  return parts.map((part) => {
    if (part.type === "text") return part.content;
    return part.type === "other" && part.name === "refusal" ? String(part.value) : "";
  }).join("");
}

/** Where the provider gives no ids, ours tell them apart. */
function toolUses(call: string, parts: readonly Part[]): ToolUse[] {
  return parts.filter((part) => part.type === "tool_call")
    .map(({ id, name, arguments: input }, n) => ({ id: id ?? `${call}.${n}`, name, input }));
}
