/** What AgentSight says of itself and of the machine: what it lost, what it could see, what a tree uses. */
import type { Head, Micros } from "./head.ts";

/** Evidence lost since the last such event of the same class. */
export interface LossCounted extends Head<"loss"> {
  readonly class: string;
  readonly reason: string;
  readonly unit: "events" | "bytes";
  /** How many `unit`s. */
  readonly count: number;
  /** The same by processor, where the kernel counted: `{"0": 3, "1": 4}`. */
  readonly by_cpu?: Readonly<Record<string, number>>;
}

/** What could be seen of a process and from when, or why not and what to do. */
export interface CoverageChanged extends Head<"coverage"> {
  readonly exe: string;
  /** The file that carries the TLS. */
  readonly library: string | null;
  /** The TLS implementation in it. */
  readonly stack: string | null;
  /** How its functions were found. */
  readonly method: string | null;
  /** `unseen`: what it does in another way than by system calls. `verified`: what the hooks gave was plain text; `rejected`: it was not, and they are off again. */
  readonly status: "attached" | "verified" | "rejected" | "unsupported" | "failed" | "timeout" | "unseen";
  readonly since: Micros;
  readonly reason?: string;
}

/** What a traced tree uses now, and has used so far. */
export interface ResourcesUsed extends Head<"resource"> {
  /** Processes that are there now. */
  readonly processes: number;
  readonly threads: number;
  /** On a processor, of every process of the tree that ever was. */
  readonly cpu_us: number;
  /** Of one core, in the last interval of looking; 200 is two cores. */
  readonly cpu_percent: number;
  /** Resident now, what processes share counted for each. */
  readonly rss_kb: number;
  /** Passed through read(2), write(2) and their kin, of every process that ever was. */
  readonly read_bytes: number;
  readonly written_bytes: number;
}

export type HealthEvent = LossCounted | CoverageChanged | ResourcesUsed;
