/** Processes that talk over pipes, written down line by line, and what is told of it. */
import type { Actor, Draft, McpMessaged, Micros } from "../../event.ts";
import { MemoryBudget } from "../../protocol/byte_buffer.ts";
import { LossCounter } from "../../protocol/losses.ts";
import type { StreamRecord } from "../../protocol/stream_record.ts";
import { ToolJoins } from "../join.ts";
import { StdioMcp } from "../stdio.ts";

export const T0 = 1_790_000_000_000_000;

export function actor(pid: number, comm: string): Actor {
  return { pid, tid: pid, start: pid * 1000 as Micros, comm };
}

export const CLIENT = actor(10, "agent");
export const SERVER = actor(20, "server");
/** The streams between them, by their conn. */
export const [TO_SERVER, TO_CLIENT] = [1, 2];

/** One write: the lines of it, values as JSON. */
export interface Said {
  readonly on: number;
  readonly lines: readonly unknown[];
}

export function ask(...lines: readonly unknown[]): Said {
  return { on: TO_SERVER, lines };
}

export function reply(...lines: readonly unknown[]): Said {
  return { on: TO_CLIENT, lines };
}

export function rpc(fields: Readonly<Record<string, unknown>>): object {
  return { jsonrpc: "2.0", ...fields };
}

/** How a session starts, and a request with its answer. */
export const INIT = rpc({ id: 0, method: "initialize", params: { protocolVersion: "2025-06-18" } });
export const WELCOME = rpc({ id: 0, result: { protocolVersion: "2025-06-18", serverInfo: { name: "s" } } });
export const LIST = rpc({ id: 1, method: "tools/list" });
export const LISTED = rpc({ id: 1, result: { tools: [] } });

export function bytesOf(lines: readonly unknown[]): Uint8Array {
  const texts = lines.map((line) => typeof line === "string" ? line : JSON.stringify(line));
  return new TextEncoder().encode(texts.map((text) => `${text}\n`).join(""));
}

export interface Pipe {
  readonly conn: number;
  readonly writer: Actor | null;
  readonly reader: Actor | null;
  readonly fromStart?: boolean;
}

export const PIPES: readonly Pipe[] = [
  { conn: TO_SERVER, writer: CLIENT, reader: SERVER },
  { conn: TO_CLIENT, writer: SERVER, reader: CLIENT },
];

/** Every write takes 1 ms, in whatever pieces it comes. */
export function records(
  said: readonly Said[],
  { pipes = PIPES, sizes = [1 << 30] }: { pipes?: readonly Pipe[]; sizes?: readonly number[] } = {},
): StreamRecord[] {
  const ts = T0 as Micros;
  const out: StreamRecord[] = pipes.map(({ conn, writer, reader, fromStart = true }) => (
    { type: "open", conn, transport: "pipe", speaks: "json-rpc", actor: (writer ?? reader)!, fromStart, ts }
  ));
  for (const { conn, writer, reader } of pipes) {
    if (writer && reader) out.push({ type: "reader", conn, actor: reader, ts });
  }
  const pos = new Map<number, number>();
  let cut = 0;
  said.forEach(({ on: conn, lines }, call) => {
    const { writer, reader } = pipes.find((pipe) => pipe.conn === conn)!;
    const bytes = bytesOf(lines);
    for (let from = 0; from < bytes.length;) {
      const piece = bytes.slice(from, from + sizes[cut++ % sizes.length]!);
      const at = pos.get(conn) ?? 0;
      out.push({
        type: "data",
        conn,
        dir: writer ? "send" : "recv",
        pos: at,
        call,
        bytes: piece,
        ts: T0 + 1_000 * (call + 1) as Micros,
        actor: (writer ?? reader)!,
      });
      pos.set(conn, at + piece.length);
      from += piece.length;
    }
  });
  return out;
}

export function close(conn: number): StreamRecord {
  const pipe = PIPES.find((pipe) => pipe.conn === conn)!;
  return { type: "close", conn, ts: T0 as Micros, actor: pipe.writer! };
}

export function exit({ pid, start }: Actor): StreamRecord {
  return { type: "exit", pid, start, ts: T0 as Micros };
}

export function mcpContext({ memory = 1 << 24, limit = 1 << 22 } = {}) {
  const drafts: Draft<McpMessaged>[] = [];
  const losses = new LossCounter();
  const budget = new MemoryBudget(memory);
  const joins = new ToolJoins();
  const emit = (draft: Draft) => void (draft.kind === "mcp.message" && drafts.push(draft));
  return { drafts, losses, budget, joins, emit, bodyLimit: limit };
}

export function follow(input: readonly StreamRecord[], limits: { memory?: number; limit?: number } = {}) {
  const context = mcpContext(limits);
  const stdio = new StdioMcp(context);
  for (const record of input) stdio.push(record);
  const waiting = context.drafts.length;
  stdio.flush(T0 + 60_000_000 as Micros, { final: true });
  const losses = context.losses.take().map(({ class: area, reason, count }) => `${area} ${reason} ${count}`);
  return { drafts: context.drafts, waiting, losses, held: context.budget.used };
}

/** One line an event: `client→ request tools/call 1 (5 ms)`; the arrow says which way the message went. */
export function shown(drafts: readonly Draft<McpMessaged>[]): string[] {
  return drafts.map((draft) => {
    const { role, direction, type, method, id, duration_ms, tool_call, complete } = draft;
    const arrow = direction === "send" ? "→" : "←";
    const duration = duration_ms === null ? [] : [`(${duration_ms} ms)`];
    const tool = tool_call === null ? [] : [`= ${tool_call}`];
    const marks = [...duration, ...tool, ...(complete ? [] : ["incomplete"])];
    return [`${role}${arrow}`, type, method, JSON.stringify(id), ...marks].join(" ");
  });
}
