/** Bodies of Connect requests, which are no JSON: one message, or length-prefixed ones. */
import { type Envelope, envelopeCoding, EnvelopeReader } from "../protocol/body/envelope.ts";
import { decodeProtobuf } from "../protocol/body/protobuf.ts";
import type { MemoryBudget } from "../protocol/byte_buffer.ts";
import type { RequestHead } from "../protocol/exchange.ts";
import { connectRpc } from "./connect_rpc.ts";
import { pathOf } from "./endpoints.ts";
import { type JsonObject, parseJson } from "./json.ts";

const MESSAGES = /^application\/(?:connect\+(?:proto|json)|grpc(?:-web)?(?:\+(?:proto|json))?)\s*(?:;|$)/i;
const MESSAGE = /^application\/proto\s*(?:;|$)/i;

/** Whether the request is one of a known service, whose body `connectBody` reads. */
export function isConnect({ target, headers }: RequestHead): boolean {
  const type = headers.get("content-type") ?? "";
  return (MESSAGES.test(type) || MESSAGE.test(type)) && connectRpc.path.test(pathOf(target));
}

/** `{envelopes: [{flags, json} or {flags, fields}, …]}`; what cannot be read is left out. */
export function connectBody(
  bytes: Uint8Array,
  { headers, limit, budget }: { headers: RequestHead["headers"]; limit: number; budget: MemoryBudget },
): JsonObject {
  const envelopes: JsonObject[] = [];
  const message = ({ flags, bytes }: Envelope) => void envelopes.push(read(flags, bytes));
  if (MESSAGE.test(headers.get("content-type") ?? "")) message({ flags: 0, bytes });
  else {
    const sink = { message, lost() {} };
    const reader = new EnvelopeReader({ sink, limit, budget, coding: envelopeCoding(headers) });
    reader.push(bytes);
    reader.end({ complete: true });
  }
  return { envelopes };
}

function read(flags: number, bytes: Uint8Array): JsonObject {
  const json = bytes[0] === 0x7b ? parseJson(new TextDecoder().decode(bytes)) : undefined;
  if (json !== undefined) return { flags, json };
  return { flags, fields: decodeProtobuf(bytes)?.message.fields ?? null };
}
