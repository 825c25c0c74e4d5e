/** Events for tests, small and complete. */
import type { Draft, Event, Kind, LlmCalled, Micros, SessionId } from "../event.ts";

type Of<K extends Kind> = Extract<Event, { kind: K }>;

const HEAD = { pid: 10, tid: 10, start: 1000 as Micros, comm: "agent", session: "s-10" as SessionId };

/** The parts every event has; `seq` is also its time. */
export function event<K extends Kind>(
  kind: K,
  seq: number,
  rest: Partial<Of<K>> & Omit<Of<K>, keyof typeof HEAD | "seq" | "ts" | "kind">,
): Of<K> {
  return { ...HEAD, seq, ts: (1000 + seq) as Micros, kind, ...rest } as unknown as Of<K>;
}

export function fileOpened(seq: number, path: string, access: "read" | "write" = "read"): Event {
  return event("file.open", seq, { path, access, created: false, flags: "O_RDONLY", result: 0 });
}

type Nested = "request" | "response" | "usage" | "timing";

/** What differs from a short call that went well: `prompt` and `answer` are its only texts. */
export type CallOverrides =
  & { readonly prompt?: string; readonly answer?: string }
  & Partial<Omit<LlmCalled, Nested>>
  & { readonly [K in Nested]?: Partial<LlmCalled[K]> };

export function llmCalled(seq: number, overrides: CallOverrides = {}): LlmCalled {
  return event("llm.call", seq, callFields({ id: `c${seq}`, ...overrides }));
}

/** A call without its head, but for what is overridden of that. */
export function callFields(
  overrides: CallOverrides = {},
): Omit<Draft<LlmCalled>, keyof typeof HEAD | "ts" | "kind"> {
  const { prompt = "hello", answer = "hi", request, response, usage, timing, ...rest } = overrides;
  return {
    id: "c1",
    provider: "anthropic",
    api: "anthropic.messages",
    operation: "chat",
    model: "claude",
    endpoint: "https://h/v1/messages",
    http: { version: "1.1", status: 200 },
    peer: null,
    request_id: null,
    streaming: true,
    conversation: null,
    thread: "c1",
    continues: null,
    appended: null,
    compacted: false,
    subagent: null,
    spawned_by: null,
    purpose: null,
    retry_of: null,
    error: null,
    request: {
      system: [],
      messages: [{ role: "user", parts: [{ type: "text", content: prompt }] }],
      history: "sent",
      tools: [],
      temperature: null,
      max_tokens: null,
      ...request,
    },
    response: {
      id: null,
      parts: [{ type: "text", content: answer }],
      text: answer,
      tool_calls: [],
      stop_reason: "end_turn",
      ...response,
    },
    usage: {
      input_tokens: 10,
      output_tokens: 5,
      cache_read_tokens: null,
      cache_write_tokens: null,
      reasoning_tokens: null,
      ...usage,
    },
    usage_raw: null,
    cost_usd: 0.25,
    timing: { start: 1000 as Micros, ttft_ms: 1, duration_ms: 2, tokens_per_s: null, ...timing },
    complete: true,
    gaps: 0,
    ...rest,
  };
}
