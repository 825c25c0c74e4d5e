/** What was asked and answered, call by call, without the history that every call repeats. */
import type { DatabaseSync } from "node:sqlite";
import type { LlmCalled, Message } from "../event.ts";
import type { Recorded } from "./recorded.ts";
import { Agents, type ReportFilter, type Source } from "./report_filter.ts";

export interface AskedCall {
  /** The real id of the conversation, or null. */
  readonly conversation: string | null;
  /** The first of the calls that continue or repeat each other; of schema 1, the session. */
  readonly thread: string;
  readonly agent: string | null;
  readonly call: LlmCalled;
}

interface Row extends Source {
  readonly seq: number;
  readonly conversation: string | null;
  readonly thread: string;
}

/** By the first call of each conversation and thread, then in their order. */
export function* askedCalls(
  db: DatabaseSync,
  { filter, recorded }: { filter: ReportFilter; recorded: Recorded },
): Iterable<AskedCall> {
  const agents = new Agents(db);
  const rows = db.prepare(
    `SELECT seq, conversation, thread, pid, start, session, model FROM ${recorded.calls}
     ORDER BY min(seq) OVER (PARTITION BY conversation, thread), seq`,
  ).all() as unknown as Row[];
  const event = db.prepare("SELECT json FROM events WHERE seq = ?");
  for (const row of rows) {
    if (!agents.matches(row, filter)) continue;
    const json = event.get(row.seq)?.json;
    if (json === undefined) continue;
    const { conversation, thread } = row;
    yield { conversation, thread, agent: agents.of(row), call: JSON.parse(String(json)) as LlmCalled };
  }
}

export interface NewMessages {
  /** New since the call that this one continues; without one, those after the last answer that was sent back. */
  readonly messages: readonly Message[];
  /** How many stand before them. */
  readonly history: number;
}

export function newMessages({ request: { messages }, appended }: LlmCalled): NewMessages {
  // Recordings of schema 1 have no `appended`.
  const history = typeof appended === "number"
    ? Math.max(messages.length - appended, 0)
    : messages.findLastIndex(({ role }) => role === "assistant") + 1;
  return { messages: messages.slice(history), history };
}
