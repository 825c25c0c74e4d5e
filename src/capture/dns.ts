/** DNS messages → what was asked and answered. The parser is dns-packet's; its doors are here. */
import { Buffer } from "node:buffer";
import dnsPacket from "dns-packet";

export interface DnsMessage {
  readonly answers: boolean;
  readonly name: string;
  readonly type: string;
  readonly code: string;
  readonly addresses: readonly string[];
  readonly aliases: readonly string[];
}

/** What one answer may tell; a message of 1,500 bytes has room for less than a hundred. */
const MAX_RECORDS = 128;

interface Answer {
  readonly type?: string;
  readonly data?: unknown;
}

/** Null for what is no DNS message, or asks nothing. Never throws. */
export function parseDns(bytes: Uint8Array): DnsMessage | null {
  const packet = decode(bytes);
  const [question] = packet?.questions ?? [];
  if (!packet || !question || typeof question.name !== "string") return null;
  const records = (packet.answers ?? []).slice(0, MAX_RECORDS) as readonly Answer[];
  const textOf = (types: readonly string[]) =>
    records.flatMap(({ type, data }) => types.includes(type ?? "") && typeof data === "string" ? [data] : []);
  return {
    answers: packet.type === "response",
    name: question.name,
    type: String(question.type),
    code: String((packet as { rcode?: unknown }).rcode ?? ""),
    addresses: textOf(["A", "AAAA"]),
    aliases: textOf(["CNAME"]),
  };
}

function decode(bytes: Uint8Array): dnsPacket.DecodedPacket | null {
  try {
    return dnsPacket.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch {
    return null;
  }
}
