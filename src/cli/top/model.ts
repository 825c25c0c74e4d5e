/** What each agent does now and has done so far, from its events. */
import type { Event, LossCounted, Micros, SessionId } from "../../event.ts";
import { agentName } from "../../store/agent_name.ts";

/** An agent that has ended stays so long. */
const KEPT_US = 60_000_000;
const MAX_SESSIONS = 500;
/** Calls and tool uses in progress, of one session. */
const MAX_OPEN = 256;

export interface AgentRow {
  readonly agent: string;
  readonly session: SessionId;
  /** `answering`, `running NAME`, `idle` or `ended`. */
  readonly state: string;
  readonly calls: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** Null when nothing of it has a known price. */
  readonly cost_usd: number | null;
  readonly execs: number;
  readonly files: number;
  readonly connections: number;
  readonly cpu_percent: number;
  readonly rss_kb: number;
  /** Calls that are not complete. */
  readonly lost: number;
}

interface Agent {
  row: Omit<AgentRow, "state" | "session">;
  readonly root: number;
  ended: Micros | null;
  readonly answering: Set<string>;
  /** Names by id. */
  readonly tools: Map<string, string>;
}

export class TopModel {
  readonly #agents = new Map<SessionId, Agent>();
  readonly #losses = new Map<string, LossCounted>();

  push(events: readonly Event[]): void {
    for (const event of events) {
      if (event.kind === "loss") this.#lose(event);
      else if (event.session !== null) this.#count(this.#agent(event.session, event), event);
    }
  }

  /** Every agent that is there, or was a moment ago. */
  rows(now: Micros): AgentRow[] {
    for (const [session, { ended }] of this.#agents) {
      if (ended !== null && now - ended > KEPT_US) this.#agents.delete(session);
    }
    return [...this.#agents].map(([session, agent]) => ({ ...agent.row, session, state: stateOf(agent) }));
  }

  /** Everything that was lost so far, by class and reason. */
  get losses(): readonly Pick<LossCounted, "class" | "reason" | "unit" | "count">[] {
    return [...this.#losses.values()];
  }

  #lose(event: LossCounted): void {
    const key = `${event.class} ${event.reason} ${event.unit}`;
    this.#losses.set(key, { ...event, count: event.count + (this.#losses.get(key)?.count ?? 0) });
  }

  #agent(session: SessionId, { pid, comm }: Event): Agent {
    const known = this.#agents.get(session);
    if (known) return known;
    const counts = { calls: 0, input_tokens: 0, output_tokens: 0, execs: 0, files: 0, connections: 0 };
    const agent: Agent = {
      row: { agent: comm, ...counts, cost_usd: null, cpu_percent: 0, rss_kb: 0, lost: 0 },
      root: pid,
      ended: null,
      answering: new Set(),
      tools: new Map(),
    };
    if (this.#agents.size >= MAX_SESSIONS) this.#agents.delete(this.#agents.keys().next().value!);
    this.#agents.set(session, agent);
    return agent;
  }

  #count(agent: Agent, event: Event): void {
    const add = (what: Partial<Agent["row"]>) => agent.row = { ...agent.row, ...what };
    const times = event.count ?? 1;
    switch (event.kind) {
      case "process.running":
      case "process.exec":
        if (event.pid === agent.root) add({ agent: agentName(event) });
        if (event.kind === "process.exec") add({ execs: agent.row.execs + 1 });
        return;
      case "file.open":
        if (event.result === 0) add({ files: agent.row.files + times });
        return;
      case "net.connect":
        if (event.result === 0) add({ connections: agent.row.connections + times });
        return;
      case "resource":
        add({ cpu_percent: event.cpu_percent, rss_kb: event.rss_kb });
        agent.ended = event.processes === 0 ? event.ts : null;
        return;
      case "llm.delta":
        if (agent.answering.size < MAX_OPEN) agent.answering.add(event.id);
        return;
      case "llm.call": {
        const { calls, input_tokens, output_tokens, cost_usd, lost } = agent.row;
        agent.answering.delete(event.id);
        return void add({
          calls: calls + 1,
          input_tokens: input_tokens + (event.usage.input_tokens ?? 0),
          output_tokens: output_tokens + (event.usage.output_tokens ?? 0),
          cost_usd: event.cost_usd === null ? cost_usd : (cost_usd ?? 0) + event.cost_usd,
          lost: lost + (event.complete ? 0 : 1),
        });
      }
      case "tool.call":
        if (event.run_by === "agent" && agent.tools.size < MAX_OPEN) agent.tools.set(event.id, event.name);
        return;
      case "tool.result":
        if (event.id !== null) agent.tools.delete(event.id);
        return;
      default:
    }
  }
}

function stateOf({ ended, answering, tools }: Agent): string {
  if (ended !== null) return "ended";
  if (answering.size > 0) return "answering";
  const [tool] = tools.values();
  return tool === undefined ? "idle" : `running ${tool}`;
}
