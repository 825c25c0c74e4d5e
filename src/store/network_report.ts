/** Whom processes talked to, and who talked to them. */
import type { DatabaseSync } from "node:sqlite";
import { CONNECTION_SUMS, type HostName, type Role } from "./connection_sums.ts";
import { programOf } from "./file_report.ts";
import { ProcessTrees } from "./process_trees.ts";
import type { Recorded } from "./recorded.ts";
import type { ReportFilter } from "./report_filter.ts";

export const NETWORK_BY = ["host", "address", "process"] as const;
export type NetworkBy = typeof NETWORK_BY[number];

type Sums = Readonly<Record<typeof CONNECTION_SUMS[number], number>>;

export interface NetworkGroup extends Sums {
  /** The names of the host, the address and port, or the program. */
  readonly name: string;
  readonly role: Role;
  /** Of one process. */
  readonly pid: number | null;
  readonly start: number | null;
  /** Names that the addresses were told by: in TLS, in HTTP, or in an answer of DNS. */
  readonly hosts: readonly string[];
  readonly addresses: readonly string[];
  /** Theirs; of those accepted and listened on, its own. */
  readonly ports: readonly number[];
  readonly transports: readonly string[];
  /** Microseconds, of those that were made or failed; null when there was none. */
  readonly latency_mean_us: number | null;
  readonly latency_max_us: number | null;
  /** The last error, a negative errno. */
  readonly error: number | null;
  /** Processes on this machine at the other end: `comm pid`. */
  readonly peers: readonly string[];
  readonly processes: number;
  readonly agents: readonly string[];
  readonly first_ts: number;
  readonly last_ts: number;
}

export interface NetworkReport {
  readonly by: NetworkBy;
  /** Those made first, then those accepted and listened for; most bytes first. */
  readonly groups: readonly NetworkGroup[];
  /** False for recordings of an older AgentSight, which kept no sums. */
  readonly kept: boolean;
}

interface Row extends Sums {
  readonly pid: number;
  readonly start: number;
  readonly role: Role;
  readonly family: string;
  readonly addr: string;
  readonly port: number;
  readonly transport: string;
  readonly latency_max: number;
  readonly error: number | null;
  readonly first_ts: number;
  readonly last_ts: number;
  readonly peers: string;
}

export function networkReport(
  db: DatabaseSync,
  { by, filter, recorded }: { by: NetworkBy; filter: ReportFilter; recorded: Recorded },
): NetworkReport {
  if (!recorded.hasSums) return { by, groups: [], kept: false };
  const trees = new ProcessTrees(db, recorded);
  const names = new Names(db);
  const sums = CONNECTION_SUMS.map((name) => `sum(${name}) AS ${name}`).join(", ");
  const rows = db.prepare(
    `SELECT pid, start, role, family, addr, port, transport, max(latency_max) AS latency_max, max(error) AS error,
     min(first_ts) AS first_ts, max(last_ts) AS last_ts,
     json_group_array(DISTINCT peer_comm || ' ' || peer_pid) FILTER (WHERE peer_pid IS NOT NULL) AS peers, ${sums}
     FROM connection_sums GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(times) > 0 OR sum(sent_bytes + received_bytes) > 0`,
  ).iterate() as Iterable<unknown> as Iterable<Row>;
  const groups = new Map<string, Group>();
  // A socket that listened has a close, too; and of a connection that was over too soon only the peer is known.
  for (const row of rows) {
    if (!trees.matches(row, filter)) continue;
    const process = trees.get(row);
    const hosts = row.role === "out" ? names.of(row, process?.session ?? null) : [];
    const name = by === "process"
      ? programOf(process)
      : by === "host" && hosts.length > 0
      ? hosts.join(", ")
      : endOf(row);
    const key = JSON.stringify([row.role, by === "process" ? [row.pid, row.start] : name]);
    let group = groups.get(key);
    if (group === undefined) {
      group = new Group({
        name,
        role: row.role,
        ...(by === "process" ? { pid: row.pid, start: row.start } : {}),
      });
      groups.set(key, group);
    }
    group.add(row, { hosts, agent: trees.agentOf(row) });
  }
  return { by, groups: [...groups.values()].map((group) => group.result()).sort(order), kept: true };
}

/** Who called which address by which name. */
class Names {
  readonly #names = new Map<string, Set<string>>();

  constructor(db: DatabaseSync) {
    const rows = db.prepare("SELECT DISTINCT pid, start, session, addr, port, host, source FROM hosts")
      .iterate();
    for (
      const row of rows as Iterable<unknown> as Iterable<
        HostName & { pid: number; start: number; session: string | null }
      >
    ) {
      // What a process said itself holds for its own connections, what DNS answered for its whole tree.
      const key = row.source === "dns"
        ? `${row.session} ${row.addr}`
        : `${row.pid}:${row.start} ${row.addr} ${row.port}`;
      const known = this.#names.get(key);
      if (known === undefined) this.#names.set(key, new Set([row.host]));
      else known.add(row.host);
    }
  }

  of({ pid, start, addr, port }: Row, session: string | null): readonly string[] {
    const names = this.#names.get(`${pid}:${start} ${addr} ${port}`) ?? this.#names.get(`${session} ${addr}`);
    return names === undefined ? [] : [...names].sort();
  }
}

class Group {
  readonly #about: {
    readonly name: string;
    readonly role: Role;
    readonly pid?: number;
    readonly start?: number;
  };
  readonly #rows: Row[] = [];
  readonly #hosts = new Set<string>();
  readonly #agents = new Set<string>();

  constructor(
    about: { readonly name: string; readonly role: Role; readonly pid?: number; readonly start?: number },
  ) {
    this.#about = about;
  }

  add(
    row: Row,
    { hosts, agent }: { readonly hosts: readonly string[]; readonly agent: string | null },
  ): void {
    this.#rows.push(row);
    for (const host of hosts) this.#hosts.add(host);
    if (agent !== null) this.#agents.add(agent);
  }

  result(): NetworkGroup {
    const { name, role, pid = null, start = null } = this.#about;
    const rows = this.#rows;
    const sum = (one: typeof CONNECTION_SUMS[number]) => rows.reduce((all, row) => all + row[one], 0);
    const distinct = <T>(of: (row: Row) => T) => [...new Set(rows.map(of))];
    const sums = Object.fromEntries(CONNECTION_SUMS.map((one) => [one, sum(one)])) as Sums;
    const latency = rows.reduce((most, row) => Math.max(most, row.latency_max), 0);
    return {
      ...{ name, role, pid, start, hosts: [...this.#hosts].sort() },
      addresses: distinct(({ addr }) => addr).sort(),
      ports: distinct(({ port }) => port).sort((a, b) => a - b),
      transports: distinct(({ transport }) => transport).sort(),
      ...sums,
      latency_mean_us: latency > 0 ? Math.round(sum("latency_us") / Math.max(sum("times"), 1)) : null,
      latency_max_us: latency > 0 ? latency : null,
      error: rows.findLast((row) => row.error !== null)?.error ?? null,
      peers: [...new Set(rows.flatMap((row) => JSON.parse(row.peers) as string[]))].sort(),
      processes: distinct((row) => `${row.pid}:${row.start}`).length,
      agents: [...this.#agents].sort(),
      first_ts: rows.reduce((least, row) => Math.min(least, row.first_ts), Infinity),
      last_ts: rows.reduce((most, row) => Math.max(most, row.last_ts), 0),
    };
  }
}

const ROLES: readonly Role[] = ["out", "in", "listen", "pair"];

function order(a: NetworkGroup, b: NetworkGroup): number {
  const bytes = (group: NetworkGroup) => group.sent_bytes + group.received_bytes;
  return ROLES.indexOf(a.role) - ROLES.indexOf(b.role) || bytes(b) - bytes(a) || b.times - a.times ||
    (a.name < b.name ? -1 : 1);
}

function endOf({ family, addr, port, role }: Row): string {
  if (family === "unix") return addr === "" ? "unnamed unix socket" : addr;
  // Datagrams to several addresses.
  if (role === "out" && port === 0) return "any address";
  // Of those accepted the port is the process's own.
  if (role === "in") return addr;
  return family === "inet6" ? `[${addr}]:${port}` : `${addr}:${port}`;
}
