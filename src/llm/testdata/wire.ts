/** Builds what a capture would give for HTTP traffic written down as text. Times rise by 1 ms a record. */
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
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = bytesOf(`POST ${path} HTTP/1.1\r\n${lines}content-length: ${json.length}\r\n\r\n`);
  return send(join([head, json]));
}

export function json(body: unknown, status = 200): Turn {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const length = bytesOf(text).length;
  return recv(
    `HTTP/1.1 ${status} X\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${text}`,
  );
}

/** A chunked stream: one chunk an event. Objects get an `event:` line of their type, as the providers send it. */
export function sse(events: readonly unknown[], options: { named?: boolean; cut?: boolean } = {}): Turn {
  const chunks = events.map((event) => {
    const data = typeof event === "string" ? event : JSON.stringify(event);
    const name = options.named ? `event: ${(event as { type: string }).type}\n` : "";
    const text = `${name}data: ${data}\n\n`;
    return `${bytesOf(text).length.toString(16)}\r\n${text}\r\n`;
  });
  const head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  return recv(head + chunks.join("") + (options.cut ? "" : "0\r\n\r\n"));
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
