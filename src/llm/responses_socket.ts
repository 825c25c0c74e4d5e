/**
 * OpenAI Responses over a WebSocket: the client's `response.create` messages are requests with the fields of a POST, and
 * the server's messages are the events of a stream.
 *
 * Several answers may be on their way: `stream_id` or the response's id says whose an event is; without them the
 * provider answers in the order of the requests.
 */
import { createHash } from "node:crypto";
import type { Exchange, Headers, RequestHead, SocketMessage, SocketObserver } from "../protocol/exchange.ts";
import type { GrowingExchange } from "../protocol/growing_exchange.ts";
import type { CallContext } from "./call_context.ts";
import { readRequest } from "./call_request.ts";
import { type JsonObject, object, parseJson, string } from "./json.ts";
import { openaiResponses } from "./openai_responses.ts";
import { OpenCall } from "./open_call.ts";

/** Requests without an answer that are followed at once on a connection. */
const MAX_OPEN = 64;

interface Asked {
  readonly call: OpenCall;
  readonly exchange: GrowingExchange;
  readonly stream: string | null;
  response: string | null;
  /** A message of its was missing or could not be read. */
  broken: boolean;
}

export class ResponsesSocket implements SocketObserver {
  readonly #upgrade: Exchange;
  readonly #context: CallContext;
  /** Oldest first. */
  #open: Asked[] = [];
  #count = 0;

  constructor(upgrade: Exchange, context: CallContext) {
    this.#upgrade = upgrade;
    this.#context = context;
  }

  message(message: SocketMessage): void {
    if (message.binary && message.complete) return;
    const text = new TextDecoder().decode(message.bytes);
    const value = message.complete ? object(parseJson(text)) : null;
    if (message.from === "server") return this.#answer(value, message);
    if (value?.type === "response.create") this.#ask(value, { text, message });
  }

  gap(from: "client" | "server", count: number): void {
    for (const asked of this.#open) {
      const side = from === "client" ? asked.exchange.request : asked.exchange.response;
      // Requests in the list were read whole: what is missing of the client's side is another one.
      if (from === "server") side.gaps += count;
      asked.broken ||= from === "server";
    }
  }

  end(): void {
    for (const asked of this.#open.splice(0)) this.#emit(asked);
  }

  #ask(message: JsonObject, sent: { text: string; message: SocketMessage }): void {
    if (this.#open.length >= MAX_OPEN) {
      this.#context.losses.event("websocket", "too many open requests");
      this.#emit(this.#open.shift()!);
    }
    const { type: _type, stream_id, client_metadata, response, ...fields } = message;
    const body = object(response) ?? fields;
    const head = this.#head(object(client_metadata) ?? object(body.client_metadata));
    const exchange = this.#exchange(head, sent.message);
    const request = readRequest(openaiResponses, { body, head });
    const { conn, index } = this.#upgrade;
    const id = `${conn.toString(36)}-${index.toString(36)}-${(++this.#count).toString(36)}`;
    const bodyHash = createHash("sha1").update(sent.text).digest("base64");
    const call = new OpenCall({ id, exchange, api: openaiResponses, request, bodyHash }, this.#context);
    this.#open.push({ call, exchange, stream: string(stream_id), response: null, broken: false });
  }

  #answer(event: JsonObject | null, message: SocketMessage): void {
    const asked = this.#whose(event);
    if (!asked) return;
    asked.exchange.last = message.ts;
    asked.exchange.response.bytes += message.bytes.length;
    if (!event) {
      asked.broken = true;
      return;
    }
    asked.response ??= string(object(event.response)?.id);
    asked.call.event(event);
    if (!asked.call.finished) return;
    asked.exchange.response.complete = true;
    this.#open = this.#open.filter((other) => other !== asked);
    this.#emit(asked);
  }

  #whose(event: JsonObject | null): Asked | undefined {
    const stream = string(event?.stream_id);
    if (stream !== null) return this.#open.find((asked) => asked.stream === stream);
    const response = string(object(event?.response)?.id) ?? string(event?.response_id);
    const known = this.#open.find((asked) => asked.response !== null && asked.response === response);
    const next = response === null ? undefined : this.#open.find((asked) => asked.response === null);
    return known ?? next ?? this.#open[0];
  }

  #emit({ call, exchange, broken }: Asked): void {
    const { complete } = exchange.response;
    call.emit({ error: null, streaming: true, whole: !broken, ended: complete });
  }

  /** The upgrade's head; what a message says of itself in `client_metadata` counts as its headers. */
  #head(metadata: JsonObject | null): RequestHead {
    const { head } = this.#upgrade.request;
    if (!metadata) return head;
    const headers = new Map<string, string>(head.headers);
    for (const [name, value] of Object.entries(metadata)) {
      if (typeof value === "string") headers.set(name.toLowerCase(), value);
    }
    return { ...head, headers: headers as Headers };
  }

  #exchange(head: RequestHead, { bytes, ts, actor }: SocketMessage): GrowingExchange {
    const { conn, transport, index, role, response } = this.#upgrade;
    return {
      conn,
      transport,
      index,
      role,
      actor,
      start: ts,
      last: ts,
      request: { head, bytes: bytes.length, gaps: 0, complete: true },
      response: { head: response.head, bytes: 0, gaps: 0, complete: false },
    };
  }
}
