/** Adds the sums of a batch to those of the recording. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { CONNECTION_SUMS, type ConnectionSums } from "./connection_sums.ts";
import { encodeFiles } from "./file_sums.ts";
import { PROCESS_COUNTS, type ProcessSums } from "./tally.ts";

const PROCESS = `INSERT INTO processes (pid, start, ppid, session, comm, ${PROCESS_COUNTS.join(", ")})
  VALUES (?, ?, 0, ?, ?, ${places(PROCESS_COUNTS)})
  ON CONFLICT DO UPDATE SET ${
  PROCESS_COUNTS.map((name) => `${name} = ${name} + excluded.${name}`).join(", ")
}`;

const FILES = "INSERT INTO file_sums VALUES (?, ?, ?, ?)";

const CONNECTION_COLUMNS = [
  ...["pid", "start", "role", "family", "addr", "port", "transport", "first_ts", "last_ts", "error"],
  ...["latency_max", "peer_pid", "peer_start", "peer_comm", "peer_exe", ...CONNECTION_SUMS],
];
const CONNECTION = `INSERT INTO connection_sums (${CONNECTION_COLUMNS.join(", ")}) VALUES (${
  places(CONNECTION_COLUMNS)
})`;

const HOST = "INSERT INTO hosts VALUES (?, ?, ?, ?, ?, ?, ?)";

export class SumsWriter {
  readonly #process: StatementSync;
  readonly #files: StatementSync;
  readonly #connection: StatementSync;
  readonly #host: StatementSync;

  constructor(db: DatabaseSync) {
    this.#process = db.prepare(PROCESS);
    this.#files = db.prepare(FILES);
    this.#connection = db.prepare(CONNECTION);
    this.#host = db.prepare(HOST);
  }

  add(processes: Iterable<ProcessSums>): void {
    for (const process of processes) {
      const { pid, start, session, comm } = process;
      this.#process.run(pid, start, session, comm, ...PROCESS_COUNTS.map((name) => process[name]));
      for (const { first } of process.paths.values()) {
        this.#files.run(pid, start, first, encodeFiles(process.paths, first));
        break;
      }
      for (const sums of process.ends.values()) this.#addConnection(process, sums);
      for (const { addr, port, host, source } of process.hosts.values()) {
        this.#host.run(pid, start, session, addr, port, host, source);
      }
    }
  }

  #addConnection({ pid, start }: ProcessSums, sums: ConnectionSums): void {
    const { role, family, addr, port, transport, first, last, error, latency_max, peer } = sums;
    this.#connection.run(
      ...[pid, start, role, family, addr, port, transport, first, last, error, latency_max],
      ...[peer?.pid ?? null, peer?.start ?? null, peer?.comm ?? null, peer?.exe ?? null],
      ...CONNECTION_SUMS.map((name) => sums[name]),
    );
  }
}

function places(columns: readonly string[]): string {
  return columns.map(() => "?").join(", ");
}
