/** One call, from when its API is known to its event, whatever carries it. */
import type { Draft, LlmDelta, Micros } from "../event.ts";
import type { Exchange } from "../protocol/exchange.ts";
import type { Repeat } from "../protocol/sse/template.ts";
import { type AgentWords, agentWords } from "./agent_headers.ts";
import type { AnswerReader, Api, CallError, CallRequest } from "./api.ts";
import type { CallContext } from "./call_context.ts";
import { callEvent } from "./call_event.ts";
import { actorOf } from "./exchange_event.ts";
import type { Rebuilt } from "./history.ts";
import { type JsonObject, sizeOf } from "./json.ts";
import type { Asked, Place } from "./lineage.ts";
import { toolEvents } from "./tool_events.ts";

export interface Asking {
  readonly id: string;
  /** Grows while the call does. */
  readonly exchange: Exchange;
  readonly api: Api;
  readonly request: CallRequest;
  readonly bodyHash: string;
}

export interface CallEnd {
  /** What the carrier says went wrong, where the answer says nothing. */
  readonly error: CallError | null;
  readonly streaming: boolean;
  /** Request and answer were read without a gap. */
  readonly whole: boolean;
  /** The carrier's own framing says that the answer ended. */
  readonly ended: boolean;
}

export class OpenCall {
  readonly #asking: Asking;
  readonly #context: CallContext;
  readonly #reader: AnswerReader;
  readonly #words: AgentWords;
  readonly #history: Rebuilt;
  readonly #asked: Asked;
  readonly #place: Place;
  #firstContent: Micros | null = null;
  /** Visible text that was not told yet. */
  #text = "";
  #emitted = false;

  constructor(asking: Asking, context: CallContext) {
    const { id, exchange, api, request, bodyHash } = asking;
    this.#asking = asking;
    this.#context = context;
    this.#reader = api.reader();
    this.#words = agentWords(exchange.request.head.headers);
    this.#history = context.history.rebuild(request.messages, request.previousResponse);
    const { messages } = this.#history;
    this.#asked = {
      id,
      scope: `${this.#scope} ${api.name}`,
      messages,
      own: request.messages.length,
      previousResponse: request.previousResponse,
      bodyHash,
      retry: this.#words.retry,
    };
    this.#place = context.lineage.ask(this.#asked);
    const at = { ...actorOf(exchange), ts: exchange.last, llm_call: id };
    for (const result of context.tools.answered(this.#scope, messages)) {
      context.emit({ ...at, kind: "tool.result", run_by: "agent", ...result });
    }
  }

  /** The answer says that nothing follows. */
  get finished(): boolean {
    return this.#reader.finished;
  }

  get emitted(): boolean {
    return this.#emitted;
  }

  /** What it gives back takes events that differ in one string only. */
  event(event: JsonObject): Repeat | null {
    const { text, content, again } = this.#reader.event(event);
    if (content) this.#firstContent ??= this.#asking.exchange.last;
    this.#say(text);
    if (!again) return null;
    const more = (text: string) => this.#say(again.more(text));
    return { path: again.path, ignored: again.ignored, more };
  }

  body(body: JsonObject): void {
    this.#reader.body(body);
  }

  done(): void {
    this.#reader.done();
  }

  /** Tells the visible text that came since the last time. */
  flush(): void {
    if (this.#text === "") return;
    const { id, exchange } = this.#asking;
    const delta: Draft<LlmDelta> = {
      ...actorOf(exchange),
      ts: exchange.last,
      kind: "llm.delta",
      id,
      text: this.#text,
    };
    this.#text = "";
    this.#context.emit(delta);
  }

  /** Once. */
  emit({ error, streaming, whole, ended }: CallEnd): void {
    this.#emitted = true;
    this.flush();
    this.#context.live.delete(this);
    const { id, exchange, api, request } = this.#asking;
    const { emit, tools, lineage, history, peers, prices } = this.#context;
    const { head } = exchange.response;
    if (head) this.#reader.head?.(head.headers);
    const answer = this.#reader.answer();
    const failure = answer.error ?? error;
    const call = callEvent({
      id,
      exchange,
      peer: peers.of(exchange.conn),
      api,
      request,
      prices,
      history: this.#history,
      words: this.#words,
      place: this.#place,
      answer,
      error: failure,
      streaming,
      firstContent: this.#firstContent,
      complete: whole && (this.finished || (ended && (answer.finished || failure !== null))),
    });
    emit(call);
    const given = answer.parts.filter((part) => part.type === "tool_call");
    call.response.tool_calls.forEach(({ id: own, name }, n) =>
      tools.called(this.#scope, { id: given[n]?.id ?? null, name, own })
    );
    for (const event of toolEvents(call)) emit(event);
    const failed = failure !== null || !call.complete;
    const { parts } = answer;
    const { messages: own, previousResponse: previous, keptIn } = request;
    const ids = [answer.id, failed ? null : keptIn ?? null].filter((id) => id !== null);
    lineage.answer({ asked: this.#asked, place: this.#place, ids, parts, failed });
    if (!request.kept) return;
    const size = sizeOf(own) + sizeOf(parts);
    history.remember(ids, { own, previous, parts, size });
  }

  /** Whose tool uses may be answered here. */
  get #scope(): string {
    const { pid, start } = this.#asking.exchange.actor;
    return `${pid}:${start}`;
  }

  #say(text: string): void {
    if (text === "") return;
    if (this.#text === "") this.#context.live.add(this);
    this.#text += text;
  }
}
