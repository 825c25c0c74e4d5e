/** What every provider API gives: how to read its requests and its answers. One file an API implements this. */
import type { LlmCalled, Message, Operation, Part, ToolDefinition, Usage } from "../event.ts";
import type { Headers } from "../protocol/exchange.ts";
import type { JsonPath } from "../protocol/sse/json_position.ts";
import type { JsonObject } from "./json.ts";

export interface CallRequest {
  readonly model: string | null;
  readonly system: readonly Part[];
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  readonly temperature: number | null;
  readonly max_tokens: number | null;
  /** An id in the body that the client gave to the whole conversation. */
  readonly conversation: string | null;
  /** What this request continues, by the provider's id: an answer, or a conversation, which stands for its last one. */
  readonly previousResponse: string | null;
  /** The provider keeps what is said: a request may go on from the answer by its id. */
  readonly kept?: boolean;
  /** The conversation of the provider's own that the answer is added to. */
  readonly keptIn?: string | null;
}

export interface CallError {
  readonly type: string;
  readonly message: string;
}

export interface Answer {
  readonly id: string | null;
  readonly model: string | null;
  readonly parts: readonly Part[];
  readonly stop_reason: string | null;
  readonly error: CallError | null;
  /** As the provider sent it; null when it did not. */
  readonly usage: JsonObject | null;
  /** The provider said that nothing follows. */
  readonly finished: boolean;
}

/** What one streamed event adds for a reader: visible text, or something that is not text. */
export interface Progress {
  readonly text: string;
  readonly content: boolean;
  /** Present when an event that differs in one string only has the same effect with that string. */
  readonly again?: Again;
}

/** How to take the next event of the same kind without parsing it. */
export interface Again {
  readonly path: JsonPath;
  /** Values that differ from event to event and mean nothing. */
  readonly ignored: readonly JsonPath[];
  /** Gives back what of the string is visible text. */
  readonly more: (text: string) => string;
}

export const NO_PROGRESS: Progress = { text: "", content: false };

/** Assembles one answer, from a stream of events or from one body. */
export interface AnswerReader {
  event(event: JsonObject): Progress;
  body(body: JsonObject): void;
  /** A stream's own end mark that is not JSON (`[DONE]`). */
  done(): void;
  /** The head of the answer, once and after everything else, where a service tells there what the body does not. */
  head?(headers: Headers): void;
  readonly finished: boolean;
  answer(): Answer;
}

/** Where a request was sent. */
export interface Endpoint {
  readonly host: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: Headers;
}

export interface Api {
  readonly name: LlmCalled["api"];
  readonly operation: Operation;
  /** What a path of this API ends with. */
  readonly path: RegExp;
  /**
   * How sure the body's shape is: `certain` on any host and path, `possible` only with the path or the answer to
   * confirm it. `path` is for an API that takes bodies of many shapes.
   */
  requestShape(body: JsonObject, path: string): "certain" | "possible" | "no";
  /** Whether an answer body or a streamed event has this API's shape. */
  answers(value: JsonObject): boolean;
  /** `endpoint` for what an API keeps outside the body: the model in the path, an id in a header. */
  request(body: JsonObject, endpoint: Endpoint): CallRequest;
  reader(): AnswerReader;
  usage(raw: JsonObject): Usage;
}
