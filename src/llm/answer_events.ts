/** The events of a streamed answer, whichever of the formats they come in. */
import type { MemoryBudget } from "../protocol/byte_buffer.ts";
import { type Envelope, envelopeCoding, EnvelopeReader } from "../protocol/body/envelope.ts";
import { type EventStreamMessage, EventStreamReader } from "../protocol/body/event_stream.ts";
import { JsonArrayReader } from "../protocol/body/json_array.ts";
import type { LostReason, MessageReader } from "../protocol/body/message_sink.ts";
import { NdjsonReader } from "../protocol/body/ndjson.ts";
import { decodeProtobuf } from "../protocol/body/protobuf.ts";
import type { Headers } from "../protocol/exchange.ts";
import { SseDecoder } from "../protocol/sse/decoder.ts";
import type { Repeat } from "../protocol/sse/template.ts";
import { type JsonObject, object, parseJson } from "./json.ts";

export interface EventOptions {
  readonly limit: number;
  readonly budget: MemoryBudget;
  /** What it gives back may tell the events that follow. */
  readonly event: (event: JsonObject) => Repeat | null;
  /** The stream's own end mark. */
  readonly done: () => void;
  readonly lost: (reason: LostReason) => void;
}

export type EventFormat = "sse" | "ndjson" | "json-array" | "event-stream" | "envelopes";

const TYPES: readonly (readonly [RegExp, EventFormat])[] = [
  [/^text\/event-stream/i, "sse"],
  [/^application\/(?:x-)?(?:ndjson|jsonl|jsonlines)/i, "ndjson"],
  [/^application\/vnd\.amazon\.eventstream/i, "event-stream"],
  [/^application\/(?:connect\+(?:proto|json)|grpc)/i, "envelopes"],
];

/** Null when the headers do not tell. */
export function formatByType(headers: Headers): EventFormat | null {
  const type = headers.get("content-type") ?? "";
  return TYPES.find(([pattern]) => pattern.test(type))?.[1] ?? null;
}

/** Gateways forget the type: no JSON value of an answer starts like the fields of an event, or a comment. */
export function formatByStart(first: number): EventFormat | null {
  if (first === 0x5b) return "json-array";
  return [0x65, 0x64, 0x3a].includes(first) ? "sse" : null;
}

export function eventReader(format: EventFormat, headers: Headers, options: EventOptions): MessageReader {
  const { limit, budget, lost } = options;
  const message = (text: string) => void textEvent(text, options);
  switch (format) {
    case "sse":
      return new SseDecoder({
        limit,
        budget,
        onData: (data) => textEvent(data, options),
        onTooLong: () => lost("too-large"),
      });
    case "ndjson":
      return new NdjsonReader({ limit, budget, sink: { message, lost } });
    case "json-array":
      return new JsonArrayReader({ limit, budget, sink: { message, lost } });
    case "event-stream":
      return new EventStreamReader({
        limit,
        budget,
        sink: { message: (message) => void options.event(amazonEvent(message)), lost },
      });
    case "envelopes":
      return new EnvelopeReader({
        limit,
        budget,
        coding: envelopeCoding(headers),
        sink: { message: (envelope) => void options.event(envelopeEvent(envelope)), lost },
      });
  }
}

function textEvent(text: string, { event, done, lost }: EventOptions): Repeat | null {
  if (text === "[DONE]") {
    done();
    return null;
  }
  const value = object(parseJson(text));
  if (value) return event(value);
  lost("unreadable");
  return null;
}

/** `{":event-type", ":message-type", …, payload}`, the payload as the JSON it is. */
function amazonEvent({ headers, payload }: EventStreamMessage): JsonObject {
  return { ...headers, payload: parseJson(new TextDecoder().decode(payload)) ?? null };
}

/** `{flags, json}` or `{flags, fields}`: what is no JSON is read as protobuf of an unknown schema. */
function envelopeEvent({ flags, bytes }: Envelope): JsonObject {
  const json = bytes[0] === 0x7b ? parseJson(new TextDecoder().decode(bytes)) : undefined;
  if (json !== undefined) return { flags, json };
  return { flags, fields: decodeProtobuf(bytes)?.message.fields ?? null };
}
