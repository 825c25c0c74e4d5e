/** Builds what a capture would give for HTTP traffic written down as text. Times rise by 1 ms a record. */
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { Actor, Draft, Event, Micros } from "../../event.ts";
import type { Direction, StreamRecord } from "../../protocol/stream_record.ts";

export const ACTOR: Actor = { pid: 7, tid: 8, start: 1_000 as Micros, comm: "agent" };
export const T0 = 1_790_000_000_000_000;

const encoder = new TextEncoder();

export function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === "string" ? encoder.encode(text) : text;
}

/** A library call: one direction and its bytes. */
export interface Turn {
  readonly dir: Direction;
  readonly bytes: Uint8Array;
}

export function send(text: string | Uint8Array): Turn {
  return { dir: "send", bytes: bytesOf(text) };
}

export function recv(text: string | Uint8Array): Turn {
  return { dir: "recv", bytes: bytesOf(text) };
}

export function post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Turn {
  const json = bytesOf(typeof body === "string" ? body : JSON.stringify(body));
  const fields = { host: "llm.test", "content-type": "application/json", ...headers };
  const head = bytesOf(`POST ${path} HTTP/1.1\r\n${lines(fields)}content-length: ${json.length}\r\n\r\n`);
  return send(join([head, json]));
}

export interface ReplyOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly coding?: keyof typeof CODINGS;
  /** The server closed before the body ended. */
  readonly cut?: boolean;
}

const CODINGS = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
} as const;

/** An answer whose body is sent in chunks, one for each piece, or under one coding in chunks of 100 bytes. */
export function chunked(pieces: readonly (string | Uint8Array)[], options: ReplyOptions = {}): Turn {
  const { status = 200, headers = {}, coding, cut } = options;
  const fields = {
    ...headers,
    ...(coding ? { "Content-Encoding": coding } : {}),
    "Transfer-Encoding": "chunked",
  };
  const whole = coding ? CODINGS[coding](join(pieces.map(bytesOf))) : null;
  const chunks = whole
    ? Array.from({ length: Math.ceil(whole.length / 100) }, (_, i) => whole.subarray(i * 100, i * 100 + 100))
    : pieces.map(bytesOf);
  const framed = chunks.flatMap((chunk) => [
    bytesOf(`${chunk.length.toString(16)}\r\n`),
    chunk,
    bytesOf("\r\n"),
  ]);
  const end = cut ? [] : [bytesOf("0\r\n\r\n")];
  return recv(join([bytesOf(`HTTP/1.1 ${status} X\r\n${lines(fields)}\r\n`), ...framed, ...end]));
}

export function json(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Turn {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const fields = {
    "Content-Type": "application/json",
    ...headers,
    "Content-Length": `${bytesOf(text).length}`,
  };
  return recv(`HTTP/1.1 ${status} X\r\n${lines(fields)}\r\n${text}`);
}

/**
 * A stream, one chunk an event. Objects get an `event:` line of their type if `named`; a string is the data as it
 * stands, or a comment if it starts with a colon.
 */
export function sse(
  events: readonly unknown[],
  options: ReplyOptions & { readonly named?: boolean } = {},
): Turn {
  const pieces = events.map((event) => {
    if (typeof event === "string") return event.startsWith(":") ? `${event}\n\n` : `data: ${event}\n\n`;
    const name = options.named ? `event: ${(event as { type: string }).type}\n` : "";
    return `${name}data: ${JSON.stringify(event)}\n\n`;
  });
  const headers = { "Content-Type": "text/event-stream", ...options.headers };
  return chunked(pieces, { ...options, headers });
}

function lines(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`).join("");
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export interface WireOptions {
  readonly conn?: number;
  readonly actor?: Actor;
  readonly fromStart?: boolean;
  readonly close?: boolean;
  /** Sizes of the records that the calls are cut into, repeated. */
  readonly sizes?: readonly number[];
  /** Every record has the same time. */
  readonly still?: boolean;
}

export function records(turns: readonly Turn[], options: WireOptions = {}): StreamRecord[] {
  const { conn = 1, actor = ACTOR, fromStart = true, close = true, sizes = [1 << 30] } = options;
  let count = 0;
  const time = () => (options.still ? T0 : T0 + 1_000 * count++) as Micros;
  const pos = { send: 0, recv: 0 };
  const out: StreamRecord[] = [{ type: "open", conn, fromStart, ts: time(), actor }];
  let cut = 0;
  turns.forEach(({ dir, bytes }, call) => {
    for (let from = 0; from < bytes.length;) {
      const to = Math.min(bytes.length, from + sizes[cut++ % sizes.length]!);
      const piece = bytes.subarray(from, to);
      out.push({ type: "data", conn, dir, pos: pos[dir] + from, call, bytes: piece, ts: time(), actor });
      from = to;
    }
    pos[dir] += bytes.length;
  });
  if (close) out.push({ type: "close", conn, ts: time(), actor });
  return out;
}

export function ofKind<K extends Event["kind"]>(
  drafts: readonly Draft[],
  kind: K,
): Draft<Extract<Event, { kind: K }>>[] {
  return drafts.filter((draft) => draft.kind === kind) as Draft<Extract<Event, { kind: K }>>[];
}

/** What drafts tell, however the live text was cut: all others in order, and the text of each call. */
export function told(drafts: readonly Draft[]): { facts: Draft[]; text: Record<string, string> } {
  const text: Record<string, string> = {};
  for (const delta of ofKind(drafts, "llm.delta")) text[delta.id] = (text[delta.id] ?? "") + delta.text;
  return { facts: drafts.filter(({ kind }) => kind !== "llm.delta"), text };
}
