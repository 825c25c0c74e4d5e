/** Follows one client exchange that may be an LLM call, and tells its story in events. */
import type { Draft, LlmDelta, Micros, ToolAnswered } from "../event.ts";
import type { Exchange, ExchangeObserver, ResponseHead } from "../protocol/exchange.ts";
import { AnswerBody } from "./answer_body.ts";
import type { AnswerReader, Api, CallError, CallRequest } from "./api.ts";
import { type Call, callEvent, toolCallEvents } from "./call_event.ts";
import type { CallContext } from "./call_context.ts";
import { conversationOf, isRetry, type ReadRequest, readRequest, RequestBody } from "./call_request.ts";
import { actorOf } from "./exchange_event.ts";
import { type JsonObject, object, parseJson } from "./json.ts";
import type { Asked, Place } from "./lineage.ts";

/** A call from the moment that its API is known. */
interface Recognised {
  readonly api: Api;
  readonly reader: AnswerReader;
  readonly request: CallRequest;
  readonly asked: Asked;
  readonly place: Place;
}

/** How much of an answer that is not JSON goes into the error. */
const MAX_ERROR_TEXT = 500;

export class CallObserver implements ExchangeObserver {
  readonly #exchange: Exchange;
  readonly #context: CallContext;
  readonly #id: string;
  readonly #requestBody: RequestBody;
  #read: ReadRequest | null = null;
  #call: Recognised | null = null;
  #answer: AnswerBody | null = null;
  #firstContent: Micros | null = null;
  #emitted = false;

  constructor(exchange: Exchange, context: CallContext) {
    this.#exchange = exchange;
    this.#context = context;
    this.#id = `${exchange.conn.toString(36)}-${exchange.index.toString(36)}`;
    const { bodyLimit: limit, budget, losses } = context;
    this.#requestBody = new RequestBody(exchange, { limit, budget, losses });
  }

  requestBody(bytes: Uint8Array): void {
    if (!this.#read) this.#requestBody.push(bytes);
  }

  requestGap(): void {
    if (!this.#read) this.#requestBody.gap();
  }

  requestEnd(): void {
    this.#readRequest();
  }

  responseHead(head: ResponseHead): void {
    // An answer before the end of the request: what came of the request is all there will be to read.
    const { recognition } = this.#readRequest();
    if (recognition.candidates.length === 0) return;
    const { bodyLimit, budget, losses } = this.#context;
    this.#answer = new AnswerBody(head.headers, {
      limit: bodyLimit,
      budget,
      losses,
      event: (event) => this.#event(event),
      done: () => {
        this.#call?.reader.done();
        this.#emitFinished();
      },
    });
  }

  responseBody(bytes: Uint8Array): void {
    if (!this.#emitted) this.#answer?.push(bytes);
  }

  responseGap(): void {
    this.#answer?.gap();
  }

  end(): void {
    const { recognition } = this.#readRequest();
    if (recognition.candidates.length === 0) return;
    const text = this.#answer?.end({ complete: this.#exchange.response.complete }) ?? "";
    if (this.#emitted) return;
    const value = text === "" ? null : object(parseJson(text));
    const status = this.#exchange.response.head?.status ?? null;
    const unanswered = status === null || status >= 400 || this.#exchange.response.gaps > 0;
    const call = this.#call ?? this.#recognise({ value, unanswered });
    if (!call) return;
    if (value) call.reader.body(value);
    this.#emit(call, { text, status });
  }

  #readRequest(): ReadRequest {
    if (this.#read) return this.#read;
    this.#read = this.#requestBody.read();
    const { api } = this.#read.recognition;
    if (api) this.#begin(api);
    return this.#read;
  }

  /** Decides by the answer what the request left open. */
  #recognise(answer: { value: JsonObject | null; unanswered: boolean }): Recognised | null {
    const { candidates, certain } = this.#read!.recognition;
    const { value, unanswered } = answer;
    const api = value ? candidates.find((candidate) => candidate.answers(value)) : undefined;
    if (api) return this.#begin(api);
    return certain && unanswered && candidates[0] ? this.#begin(candidates[0]) : null;
  }

  #begin(api: Api): Recognised {
    const { body, hash } = this.#read!;
    const { lineage, tools } = this.#context;
    const { pid, start } = this.#exchange.actor;
    const scope = `${pid}:${start}`;
    const request = readRequest(api, { body, head: this.#exchange.request.head });
    const { messages, previousResponse } = request;
    const retry = isRetry(this.#exchange);
    const asked = {
      id: this.#id,
      scope: `${scope} ${api.name}`,
      messages,
      previousResponse,
      bodyHash: hash,
      retry,
    };
    const place = lineage.ask(asked);
    for (const result of tools.answered(scope, messages)) this.#emitResult(result);
    return this.#call = { api, reader: api.reader(), request, asked, place };
  }

  #event(event: JsonObject): void {
    if (this.#emitted) return;
    const call = this.#call ?? this.#recognise({ value: event, unanswered: false });
    if (!call) return;
    const { text, content } = call.reader.event(event);
    const ts = this.#exchange.last;
    if (content) this.#firstContent ??= ts;
    if (text !== "") {
      const { pid, tid, start, comm } = this.#exchange.actor;
      const delta: Draft<LlmDelta> = { pid, tid, start, comm, ts, kind: "llm.delta", id: this.#id, text };
      this.#context.emit(delta);
    }
    this.#emitFinished();
  }

  /** Emits at the stream's own end: clients often close before the end of the body. */
  #emitFinished(): void {
    const call = this.#call;
    if (!call?.reader.finished || this.#emitted) return;
    this.#emit(call, { text: "", status: this.#exchange.response.head?.status ?? null });
  }

  #emit(recognised: Recognised, seen: { text: string; status: number | null }): void {
    this.#emitted = true;
    const { api, reader, request, asked, place } = recognised;
    const { request: sent, response } = this.#exchange;
    const answer = reader.answer();
    const error = answer.error ?? httpError(seen);
    const ended = reader.finished || (response.complete && (answer.finished || error !== null));
    const whole = sent.complete && sent.gaps === 0 && response.gaps === 0 && !this.#answer?.cut;
    const event: Call = {
      id: this.#id,
      exchange: this.#exchange,
      peer: this.#context.peers.of(this.#exchange.conn),
      api,
      request,
      conversation: conversationOf(this.#exchange, request),
      place,
      answer,
      error,
      streaming: this.#answer?.streaming ?? false,
      firstContent: this.#firstContent,
      complete: ended && whole && this.#read!.body !== null,
    };
    const call = callEvent(event);
    this.#context.emit(call);
    const { pid, start } = this.#exchange.actor;
    for (const use of call.response.tool_calls) this.#context.tools.called(`${pid}:${start}`, use);
    for (const use of toolCallEvents(call)) this.#context.emit(use);
    const failed = error !== null || !call.complete;
    const { parts, id: responseId } = answer;
    this.#context.lineage.answer({ asked, chain: place.chain, responseId, parts, failed });
  }

  #emitResult(result: Omit<Draft<ToolAnswered>, "kind" | "ts" | "llm_call" | keyof Exchange["actor"]>): void {
    const { last } = this.#exchange;
    const actor = actorOf(this.#exchange);
    this.#context.emit({ ...actor, ts: last, kind: "tool.result", ...result, llm_call: this.#id });
  }
}

function httpError({ text, status }: { text: string; status: number | null }): CallError | null {
  if (status === null || status < 400) return null;
  return { type: String(status), message: text.slice(0, MAX_ERROR_TEXT) };
}
