/** The sessions to choose from, newest first. */
import type { CallRow, ProcessRow, SessionId } from "../api.ts";

export interface SessionChoice {
  readonly id: SessionId;
  /** Start of the root process, Unix µs. */
  readonly start: number;
  readonly pid: number;
  readonly comm: string;
  readonly argv: readonly string[];
}

/** `<start µs, base 36>-<pid>`; null for any other text. */
export function parseSessionId(id: string): { readonly start: number; readonly pid: number } | null {
  const [, start = "", pid = ""] = /^([0-9a-z]{1,11})-(\d+)$/.exec(id) ?? [];
  return pid === "" ? null : { start: parseInt(start, 36), pid: Number(pid) };
}

/** The root is the process the id names; a session known only by its calls is named after the caller. */
export function sessionChoices(
  processes: readonly ProcessRow[],
  calls: readonly CallRow[],
): readonly SessionChoice[] {
  const choices = new Map<SessionId, SessionChoice>();
  for (const { session, pid, comm, argv } of processes) {
    if (session === null) continue;
    const root = parseSessionId(session);
    if (root === null || (choices.has(session) && pid !== root.pid)) continue;
    choices.set(session, { id: session, ...root, comm, argv });
  }
  for (const { session, comm } of calls) {
    if (session === null || choices.has(session)) continue;
    const root = parseSessionId(session);
    if (root !== null) choices.set(session, { id: session, ...root, comm, argv: [] });
  }
  return [...choices.values()].sort((a, b) => b.start - a.start);
}
