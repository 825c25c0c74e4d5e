/** Which calls a report is about, and which agent made each. */
import type { DatabaseSync } from "node:sqlite";
import { agentName } from "./agent_name.ts";

/** Each a part of the name, in any case; all must match. */
export interface ReportFilter {
  readonly session?: string | undefined;
  readonly agent?: string | undefined;
  readonly model?: string | undefined;
}

/** A row of calls or tool uses, or of several that have these in common. */
export interface Source {
  readonly pid: number;
  readonly start: number;
  readonly session: string | null;
  readonly model: string | null;
}

/** The agents of a recording: the programs of the processes that made LLM calls. */
export class Agents {
  readonly #names = new Map<string, string>();

  constructor(db: DatabaseSync) {
    const rows = db.prepare("SELECT pid, start, comm, exe, argv FROM processes WHERE calls > 0").all();
    for (const { pid, start, comm, exe, argv } of rows) {
      const words: unknown = JSON.parse(String(argv));
      const program = {
        comm: String(comm),
        exe: String(exe),
        argv: Array.isArray(words) ? words.map(String) : [],
      };
      this.#names.set(`${pid}:${start}`, agentName(program));
    }
  }

  of({ pid, start }: Source): string | null {
    return this.#names.get(`${pid}:${start}`) ?? null;
  }

  matches(source: Source, { session, agent, model }: ReportFilter): boolean {
    return contains(source.session, session) && contains(source.model, model) &&
      contains(this.of(source), agent);
  }
}

/** What has no name is called "unknown" in every report. */
function contains(name: string | null, part: string | undefined): boolean {
  return part === undefined || (name ?? "unknown").toLowerCase().includes(part.toLowerCase());
}
