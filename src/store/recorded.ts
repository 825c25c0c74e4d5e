/** The tables of a recording as the newest schema has them, whichever wrote it. */
import { PROCESS_COUNTS } from "./tally.ts";

/** What a recording of schema 1 lacks is NULL: a thread there is its whole session. */
const CALLS_1 =
  `(SELECT seq, row ->> '$.ts' AS ts, row ->> '$.pid' AS pid, row ->> '$.start' AS start, session,
  id, model, provider, NULL AS conversation, coalesce(session, id) AS thread, NULL AS retry,
  input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
  row ->> '$.usage.reasoning_tokens' AS reasoning_tokens, cost_usd, complete, failed FROM calls)`;

const CALLS = "(SELECT *, retry_of IS NOT NULL AS retry FROM calls)";

/** What each process used and did to itself is kept since schema 3. */
const LATER = [
  ...["uid", "container", "cpu_us", "rss_peak_kb", "read_bytes", "written_bytes"],
  ...PROCESS_COUNTS.slice(3),
];
const PROCESSES_2 = `(SELECT *, ${LATER.map((name) => `NULL AS ${name}`).join(", ")} FROM processes)`;

const TOOL_SUMS =
  `SELECT name, count(*) AS calls, coalesce(sum(failed), 0) AS errors FROM tool_uses GROUP BY name`;

export interface Recorded {
  /** Every call, for a FROM clause. */
  readonly calls: string;
  /** `name, calls, errors` of every tool. */
  readonly toolSums: string;
  /** `class, reason, unit, count`; before schema 3 the reason is empty. */
  readonly loss: string;
  /** Every process, for a FROM clause. */
  readonly processes: string;
  /** Whether there are sums of files and connections. */
  readonly hasSums: boolean;
  /** Whether times and sizes of each use of a tool were kept. */
  readonly hasToolUses: boolean;
}

export function recorded(schema: number): Recorded {
  const hasSums = schema >= 3;
  const processes = hasSums ? "processes" : PROCESSES_2;
  const loss = hasSums ? "loss" : "(SELECT class, '' AS reason, unit, count FROM loss)";
  return schema < 2
    ? {
      calls: CALLS_1,
      toolSums: "SELECT name, calls, errors FROM tools",
      loss,
      processes,
      hasSums,
      hasToolUses: false,
    }
    : { calls: CALLS, toolSums: TOOL_SUMS, loss, processes, hasSums, hasToolUses: true };
}

/**
 * A call whose cost is not known. One that failed and has no usage cost nothing, as far as providers say; an answer
 * without usage did.
 */
export const UNPRICED =
  "(cost_usd IS NULL AND NOT (failed AND input_tokens IS NULL AND output_tokens IS NULL))";
