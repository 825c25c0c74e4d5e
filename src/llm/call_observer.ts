/** Follows one client exchange that may be an LLM call, and tells its story in events. */
import type { Exchange, ExchangeObserver, ResponseHead } from "../protocol/exchange.ts";
import type { Repeat } from "../protocol/sse/template.ts";
import { AnswerBody } from "./answer_body.ts";
import type { Api, CallError } from "./api.ts";
import type { CallContext } from "./call_context.ts";
import { type ReadRequest, readRequest, RequestBody } from "./call_request.ts";
import { jsonLines, type JsonObject, object, parseJson } from "./json.ts";
import { OpenCall } from "./open_call.ts";

/** How much of an answer that is not JSON goes into the error; a run of characters that began before is kept whole. */
const ERROR_TEXT = 500;
const LONGEST_RUN = 4_096;

export class CallObserver implements ExchangeObserver {
  readonly #exchange: Exchange;
  readonly #context: CallContext;
  readonly #requestBody: RequestBody;
  #read: ReadRequest | null = null;
  #call: OpenCall | null = null;
  #answer: AnswerBody | null = null;

  constructor(exchange: Exchange, context: CallContext) {
    this.#exchange = exchange;
    this.#context = context;
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
        this.#call?.done();
        this.#emitFinished();
      },
    });
  }

  responseBody(bytes: Uint8Array): void {
    if (!this.#call?.emitted) this.#answer?.push(bytes);
  }

  responseGap(): void {
    this.#answer?.gap();
  }

  end(): void {
    const { recognition } = this.#readRequest();
    if (recognition.candidates.length === 0) return;
    // After the call was told nothing was read any more: the rest is half an event.
    const complete = this.#exchange.response.complete && !this.#call?.emitted;
    const text = this.#answer?.end({ complete }) ?? "";
    if (this.#call?.emitted) return;
    const value = text === "" ? null : object(parseJson(text));
    if (!value) this.#readLines(text);
    if (this.#call?.emitted) return;
    const status = this.#exchange.response.head?.status || null;
    const unanswered = status === null || status >= 400 || this.#exchange.response.gaps > 0;
    const call = this.#call ?? this.#recognise({ value, unanswered });
    if (!call) return;
    if (value) call.body(value);
    this.#emit(call, text);
  }

  /** Gateways forget the type of streams of lines too. */
  #readLines(text: string): void {
    const lines = jsonLines(text);
    const [first, second] = [lines.next().value, lines.next().value];
    if (!first || !second) return;
    for (const line of [first, second]) this.#event(line);
    for (const line of lines) this.#event(line);
  }

  #readRequest(): ReadRequest {
    if (this.#read) return this.#read;
    this.#read = this.#requestBody.read();
    const { api } = this.#read.recognition;
    if (api) this.#begin(api);
    return this.#read;
  }

  /** Decides by the answer what the request left open. */
  #recognise(answer: { value: JsonObject | null; unanswered: boolean }): OpenCall | null {
    const { candidates, certain } = this.#read!.recognition;
    const { value, unanswered } = answer;
    const api = value ? candidates.find((candidate) => candidate.answers(value)) : undefined;
    if (api) return this.#begin(api);
    return certain && unanswered && candidates[0] ? this.#begin(candidates[0]) : null;
  }

  #begin(api: Api): OpenCall {
    const exchange = this.#exchange;
    const { body, hash: bodyHash } = this.#read!;
    const id = `${exchange.conn.toString(36)}-${exchange.index.toString(36)}`;
    const request = readRequest(api, { body, head: exchange.request.head });
    return this.#call = new OpenCall({ id, exchange, api, request, bodyHash }, this.#context);
  }

  #event(event: JsonObject): Repeat | null {
    if (this.#call?.emitted) return null;
    const call = this.#call ?? this.#recognise({ value: event, unanswered: false });
    const repeat = call?.event(event) ?? null;
    this.#emitFinished();
    return repeat;
  }

  /** Emits at the stream's own end: clients often close before the end of the body. */
  #emitFinished(): void {
    const call = this.#call;
    if (call?.finished && !call.emitted) this.#emit(call, "");
  }

  #emit(call: OpenCall, text: string): void {
    const { request, response } = this.#exchange;
    const cut = this.#answer?.cut ?? false;
    call.emit({
      error: httpError(text, response.head?.status ?? null),
      streaming: this.#answer?.streaming ?? false,
      whole: request.complete && request.gaps === 0 && response.gaps === 0 && !cut &&
        this.#read!.body !== null,
      ended: response.complete,
    });
  }
}

function httpError(text: string, status: number | null): CallError | null {
  if (status === null || status < 400) return null;
  return { type: String(status), message: beginning(text) };
}

/** Redaction comes later, and would not know half a secret: the cut is made at a space. */
function beginning(text: string): string {
  const from = text.slice(0, ERROR_TEXT);
  const rest = /^[\x21-\x7e]*/.exec(text.slice(ERROR_TEXT, ERROR_TEXT + LONGEST_RUN))?.[0] ?? "";
  return rest.length < LONGEST_RUN ? from + rest : from.replace(/[\x21-\x7e]*$/, "");
}
