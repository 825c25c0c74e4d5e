/** The request of a possible call: its body gathered, decoded and recognised. */
import { createHash } from "node:crypto";
import { ByteBuffer, type MemoryBudget } from "../protocol/byte_buffer.ts";
import { contentDecoder } from "../protocol/coding/content_decoder.ts";
import type { Decoder } from "../protocol/coding/decoder.ts";
import type { Exchange, RequestHead } from "../protocol/exchange.ts";
import type { LossCounter } from "../protocol/losses.ts";
import type { Api, CallRequest } from "./api.ts";
import { connectBody, isConnect } from "./connect_request.ts";
import { recognise, type Recognition } from "./endpoints.ts";
import { hasTooMany, type JsonObject, object, parseJson } from "./json.ts";

export interface ReadRequest {
  readonly recognition: Recognition;
  readonly body: JsonObject | null;
  readonly hash: string;
}

export class RequestBody {
  readonly #exchange: Exchange;
  readonly #text: ByteBuffer;
  readonly #decoder: Decoder;
  readonly #losses: LossCounter;

  readonly #connect: boolean;
  readonly #limits: { readonly limit: number; readonly budget: MemoryBudget };
  /** Null until the first byte: what is not a JSON object, or too large, is not kept. */
  #kept: boolean | null = null;

  constructor(exchange: Exchange, options: { limit: number; budget: MemoryBudget; losses: LossCounter }) {
    this.#exchange = exchange;
    const { limit, budget, losses } = options;
    this.#text = new ByteBuffer(limit, budget);
    this.#limits = { limit, budget };
    this.#losses = losses;
    this.#connect = isConnect(exchange.request.head);
    if (this.#connect) this.#kept = true;
    const cut = (reason: string) => losses.event("body", reason);
    const sink = { data: (bytes: Uint8Array) => this.#data(bytes), gap() {}, cut };
    const coding = exchange.request.head.headers.get("content-encoding") ?? null;
    this.#decoder = contentDecoder(coding, { sink, limit, budget });
  }

  push(bytes: Uint8Array): void {
    this.#decoder.push(bytes);
  }

  gap(): void {
    this.#decoder.gap();
  }

  #data(bytes: Uint8Array): void {
    if (this.#kept === null) {
      const first = bytes.find((byte) => byte > 32);
      if (first !== undefined) this.#kept = first === 0x7b;
    }
    if (this.#kept === false || this.#text.append(bytes) === 0) return;
    this.#kept = false;
    this.#losses.event("body", "too-large");
  }

  /** Reads what there is and lets go of it. */
  read(): ReadRequest {
    this.#decoder.end();
    const bytes = this.#text.view();
    const hash = createHash("sha1").update(bytes).digest("base64");
    const { head, gaps } = this.#exchange.request;
    const text = this.#connect ? "" : new TextDecoder().decode(bytes);
    if (hasTooMany(text)) this.#losses.event("body", "too-large");
    // With a gap, what is left could read as something that was never sent.
    const body = gaps > 0
      ? null
      : this.#connect
      ? connectBody(bytes, { headers: head.headers, ...this.#limits })
      : object(parseJson(text));
    this.#text.release();
    return { recognition: recognise(head.target, { body, text }), body, hash };
  }
}

export function readRequest(
  api: Api,
  { body, head }: { body: JsonObject | null; head: RequestHead },
): CallRequest {
  const { headers, target } = head;
  const endpoint = { host: headers.get("host") ?? "", path: target.replace(/[?#].*$/s, ""), headers };
  return api.request(body ?? {}, endpoint);
}
