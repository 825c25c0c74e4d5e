/**
 * Cursor's services over Connect: protobuf whose schema is private and changes. Known by their paths; of requests and
 * answers the texts are kept, in the order they were sent, and such a call is never called complete.
 */
import type { ProtobufMessage, ProtobufValue } from "../protocol/body/protobuf.ts";
import {
  type Answer,
  type AnswerReader,
  type Api,
  type CallError,
  NO_PROGRESS,
  type Progress,
} from "./api.ts";
import { type JsonObject, object, string } from "./json.ts";
import { otherPart } from "./media.ts";

export const connectRpc: Api = {
  name: "connect.rpc",
  operation: "chat",
  path: /\/(?:aiserver\.v1\.ChatService\/Stream\w+|agent\.v1\.AgentService\/Run\w*)$/,

  /** What `connect_request.ts` makes of a body. */
  requestShape: (body) => Array.isArray(body.envelopes) ? "possible" : "no",

  answers: (value) => typeof value.flags === "number" && ("fields" in value || "json" in value),

  request(body) {
    const sent = (Array.isArray(body.envelopes) ? body.envelopes : []).flatMap(textsOf);
    return {
      model: null,
      system: [],
      messages: sent.length === 0 ? [] : [{ role: "user", parts: [otherPart("protobuf", sent)] }],
      tools: [],
      temperature: null,
      max_tokens: null,
      conversation: null,
      previousResponse: null,
    };
  },

  reader: () => new ConnectAnswer(),

  usage: () => ({
    input_tokens: null,
    output_tokens: null,
    cache_read_tokens: null,
    cache_write_tokens: null,
    reasoning_tokens: null,
  }),
};

/** Bit 1: the last message of a stream, JSON with an error or nothing. */
const END = 0x02;

class ConnectAnswer implements AnswerReader {
  readonly #texts: string[] = [];
  #error: CallError | null = null;

  /** The schema would tell where the answer ends. */
  readonly finished = false;

  event(event: JsonObject): Progress {
    if ((Number(event.flags) & END) !== 0) {
      this.body(object(event.json) ?? {});
      return NO_PROGRESS;
    }
    const texts = textsOf(event);
    for (const text of texts) this.#texts.push(text);
    return texts.length > 0 ? { text: "", content: true } : NO_PROGRESS;
  }

  /** An error that came instead of a stream, or at its end. */
  body(body: JsonObject): void {
    const error = object(body.error) ?? body;
    const code = string(error.code);
    if (code !== null) this.#error = { type: code, message: string(error.message) ?? "" };
  }

  done(): void {}

  answer(): Answer {
    return {
      id: null,
      model: null,
      parts: this.#texts.length === 0 ? [] : [otherPart("protobuf", this.#texts)],
      stop_reason: null,
      error: this.#error,
      usage: null,
      finished: false,
    };
  }
}

/** The strings of one message, with `json` or `fields`. */
function textsOf(envelope: unknown): string[] {
  const message = object(envelope);
  const fields = message?.fields;
  if (fields instanceof Map) return protobufTexts({ fields });
  return jsonTexts(message?.json, 0);
}

/** The decoder bounds depth and number of values. */
function protobufTexts(value: ProtobufValue): string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  return isMessage(value)
    ? [...value.fields.values()].flatMap((values) => values.flatMap(protobufTexts))
    : [];
}

function isMessage(value: ProtobufValue): value is ProtobufMessage {
  return typeof value === "object" && "fields" in value;
}

const MAX_DEPTH = 16;

function jsonTexts(value: unknown, depth: number): string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return [];
  return Object.values(value).flatMap((field) => jsonTexts(field, depth + 1));
}
