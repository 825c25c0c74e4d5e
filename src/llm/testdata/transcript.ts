/** What a transcript of real traffic is, and what must come of it however it is delivered. */
import type { Draft, LlmCalled, Usage } from "../../event.ts";
import type { Turn } from "./wire.ts";

export interface Transcript {
  readonly name: string;
  /** The library calls of one connection, from its start. */
  readonly turns: readonly Turn[];
  /** In order: every `llm.call`, `tool.call` and `tool.result`. */
  readonly expected: readonly Expected[];
  /** Alternatives that arrive mixed: the live text is not the assembled one. */
  readonly mixed?: boolean;
}

/** Only the fields that are given are compared; those that are required always matter. */
export type Expected = ExpectedCall | ExpectedToolCall | ExpectedToolResult;

type CallFields =
  | "api"
  | "provider"
  | "model"
  | "streaming"
  | "usage"
  | "error"
  | "complete"
  | "conversation";

export type ExpectedCall =
  & {
    readonly kind: "llm.call";
    readonly request?: Partial<LlmCalled["request"]>;
    readonly response: Partial<LlmCalled["response"]>;
  }
  & Pick<LlmCalled, CallFields>
  & Partial<Omit<LlmCalled, CallFields | "kind" | "request" | "response">>;

export interface ExpectedToolCall {
  readonly kind: "tool.call";
  readonly id: string;
  /** Of the provider's tools either all are expected or none is compared. */
  readonly run_by?: "provider";
  readonly name: string;
  readonly input: unknown;
}

export interface ExpectedToolResult {
  readonly kind: "tool.result";
  readonly id: string | null;
  readonly run_by?: "provider";
  readonly name: string | null;
  readonly is_error: boolean;
  readonly bytes: number;
}

export const NO_USAGE: Usage = {
  input_tokens: null,
  output_tokens: null,
  cache_read_tokens: null,
  cache_write_tokens: null,
  reasoning_tokens: null,
};

/** Sums of products of prices have no exact value. */
function usd<T extends { readonly cost_usd?: number | null }>(call: T): T {
  return typeof call.cost_usd === "number"
    ? { ...call, cost_usd: Number(call.cost_usd.toPrecision(12)) }
    : call;
}

type CallOverrides = Partial<ExpectedCall> & Pick<ExpectedCall, "response">;

/** A whole streamed call without error, unless the case says otherwise. */
export function calls(
  common: Pick<LlmCalled, "api" | "provider" | "model"> & Partial<ExpectedCall>,
): (fields: CallOverrides) => ExpectedCall {
  return (fields) =>
    usd({
      kind: "llm.call",
      streaming: true,
      usage: NO_USAGE,
      error: null,
      complete: true,
      conversation: null,
      ...common,
      ...fields,
    });
}

/** The drafts that a transcript is about, with the fields that were expected of each. */
export function reduced(drafts: readonly Draft[], expected: readonly Expected[]): unknown[] {
  const all = expected.some((wanted) => "run_by" in wanted);
  return drafts
    .filter((draft) =>
      draft.kind === "llm.call" ||
      ((draft.kind === "tool.call" || draft.kind === "tool.result") && (all || draft.run_by === "agent"))
    )
    .map((draft, index) => {
      return pick(draft.kind === "llm.call" ? usd(draft) : draft, expected[index] ?? { kind: draft.kind });
    });
}

function pick(value: object, like: object): unknown {
  return Object.fromEntries(
    Object.entries(like).map(([key, wanted]) => {
      const found = (value as Record<string, unknown>)[key];
      const deeper = (key === "request" || key === "response") && typeof found === "object" && found !== null;
      return [key, deeper ? pick(found, wanted) : found];
    }),
  );
}
