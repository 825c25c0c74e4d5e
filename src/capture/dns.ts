/**
 * DNS messages → what was asked and answered (RFC 1035).
 *
 * Names, types and codes are dns-packet's, the parser of multicast-dns. Records are walked here: of a message that is
 * cut off the library reads addresses out of what is not there, and it makes room for as many records as a header claims.
 */
import { Buffer } from "node:buffer";
import dnsPacket from "dns-packet";
import rcodes from "dns-packet/rcodes.js";
import { toAddress } from "./address.ts";

export interface DnsMessage {
  readonly answers: boolean;
  readonly name: string;
  readonly type: string;
  readonly code: string;
  readonly addresses: readonly string[];
  readonly aliases: readonly string[];
  /** Every record of the answer was read. */
  readonly complete: boolean;
}

/** How the bytes were found. */
export interface DnsSource {
  /** Over TCP: behind a length, or what was read after the length. */
  readonly stream: boolean;
  /** Of the message or call that the bytes are the beginning of. */
  readonly whole: number;
}

/** The library has no types of its own. */
interface Decoder<T> {
  (bytes: Buffer, offset: number): T;
  bytes: number;
}
interface Library {
  readonly name: { readonly decode: Decoder<string> };
  readonly question: { readonly decode: Decoder<{ readonly name: string; readonly type: string }> };
}
const { name, question } = dnsPacket as Library;
const { toString: codeName } = rcodes as { toString(code: number): string };

const HEADER_BYTES = 12;
/** Type, class, time to live, and the length of what follows. */
const RECORD_HEAD_BYTES = 10;
const A = 1;
const CNAME = 5;
const AAAA = 28;
/** Later than the library. */
const types: Readonly<Record<string, string>> = { UNKNOWN_64: "SVCB", UNKNOWN_65: "HTTPS" };

/**
 * The message in `bytes`. Null when they are something else; `unreadable` when the header is that of a question but no
 * question follows. Never throws.
 */
export function parseDns(bytes: Uint8Array, source: DnsSource): DnsMessage | "unreadable" | null {
  const behindLength = source.stream && bytes.length > 1 && (bytes[0]! << 8 | bytes[1]!) === source.whole - 2;
  const message = behindLength ? bytes.subarray(2) : bytes;
  const parsed = parseMessage(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
  // Without its length, only what ends where the message does is one: a read may begin anywhere.
  if (source.stream && !behindLength) return parsed && parsed.end === bytes.length ? parsed.message : null;
  return parsed ? parsed.message ?? "unreadable" : null;
}

interface Parsed {
  readonly message: DnsMessage | null;
  /** Of all its records; -1 when that is not known. */
  readonly end: number;
}

function parseMessage(bytes: Buffer): Parsed | null {
  if (bytes.length < HEADER_BYTES) return null;
  const flags = bytes.readUInt16BE(2);
  const operation = flags >> 11 & 15;
  // One question (RFC 9619), of the standard kind.
  if (operation !== 0 || bytes.readUInt16BE(4) !== 1) return null;
  const asked = attempt(() => {
    const { name, type } = question.decode(bytes, HEADER_BYTES);
    return { name, type: types[type] ?? type.replace("UNKNOWN_", "TYPE") };
  });
  if (!asked) return { message: null, end: -1 };
  const addresses: string[] = [];
  const aliases: string[] = [];
  const answers = bytes.readUInt16BE(6);
  const others = bytes.readUInt16BE(8) + bytes.readUInt16BE(10);
  let at = HEADER_BYTES + question.decode.bytes;
  at = walk(bytes, { at, count: answers }, (type, data, from) => {
    if (type === A && data.length === 4 || type === AAAA && data.length === 16) {
      addresses.push(toAddress(data));
    } else if (type === CNAME) {
      const alias = attempt(() => name.decode(bytes, from));
      if (alias !== null) aliases.push(alias);
    }
  });
  const message: DnsMessage = {
    ...asked,
    answers: (flags & 0x8000) !== 0,
    code: codeName(flags & 15),
    addresses,
    aliases,
    complete: at >= 0,
  };
  return { message, end: at < 0 ? -1 : walk(bytes, { at, count: others }, () => {}) };
}

/** Visits records; where they end, or -1 when one is not all there. */
function walk(
  bytes: Buffer,
  { at, count }: { readonly at: number; readonly count: number },
  visit: (type: number, data: Uint8Array, from: number) => void,
): number {
  let next = at;
  for (let i = 0; i < count; i++) {
    const owner = next;
    if (attempt(() => name.decode(bytes, owner)) === null) return -1;
    const head = owner + name.decode.bytes;
    const from = head + RECORD_HEAD_BYTES;
    if (from > bytes.length) return -1;
    next = from + bytes.readUInt16BE(head + 8);
    if (next > bytes.length) return -1;
    visit(bytes.readUInt16BE(head), bytes.subarray(from, next), from);
  }
  return next;
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
