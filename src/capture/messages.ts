/** What crosses between the capture worker, which needs root, and everything behind it, which does not. */
import type { Actor, Draft, Endpoint, Micros, Transport } from "../event.ts";
import type { LaneName } from "./lane.ts";
import type { OptionalFeature } from "./feature_names.ts";

export type CaptureLevel = "off" | "meta" | "redacted" | "full";

export interface Selection {
  readonly comms: readonly string[];
  readonly pids: readonly number[];
  readonly exes: readonly string[];
  readonly all: boolean;
}

/** What is beyond them is counted as lost. */
export interface Limits {
  /** Events a second of one process, from which on the less important are left out; 0: none. */
  readonly rate: number;
  /** Processes that are followed at once. */
  readonly processes: number;
  /** Open files, and as many sockets, that are followed at once. */
  readonly files: number;
  /** TLS connections, and as many sockets and pipes that may carry plain text, that are followed at once. */
  readonly connections: number;
  /** Bytes of each ring on their way through the pipeline: what a stall of it may cost in memory before a ring fills. */
  readonly queue: number;
}

export const DEFAULT_LIMITS: Limits = {
  rate: 50_000,
  processes: 65_536,
  files: 65_536,
  connections: 16_384,
  queue: 64 << 20,
};

export interface CaptureOptions {
  readonly select: Selection;
  readonly level: CaptureLevel;
  /** Data bytes of each ring, powers of two. */
  readonly rings: { readonly control: number; readonly payload: number };
  readonly limits: Limits;
  /** Names of the environment are told with each exec. */
  readonly envNames: boolean;
  /** A process that is stopped and becomes CMD when it is continued. */
  readonly launched: number | null;
  /** Where verdicts about large files are kept between runs; null: nowhere. */
  readonly cache: string | null;
  /** Unix time of boot in µs, the zero of every record's clock. */
  readonly boot: number;
  /** Of the kernel, not used although it may be there: each has a fallback. */
  readonly without: readonly OptionalFeature[];
  /** How often followed processes are asked what they use; 0: never. */
  readonly resourcesMs: number;
}

export interface Loss {
  readonly class: string;
  readonly reason: string;
  readonly unit: "events" | "bytes";
  readonly count: number;
  /** The same by processor, where the kernel counted. */
  readonly by_cpu?: Readonly<Record<string, number>>;
}

/** A library that was hooked; records name it by `id`. */
export interface HookedLibrary {
  readonly id: number;
  readonly path: string;
  /** The TLS implementation in it. */
  readonly library: string;
  readonly method: string;
}

/** What a followed process has used when it was looked at. */
export interface Sample {
  readonly pid: number;
  /** As /proc says it: up to 10 ms before what records say. */
  readonly start: Micros;
  readonly threads: number;
  /** On a processor, of all its threads, those that ended too. */
  readonly cpu_us: number;
  readonly rss_kb: number;
  /** Null where the kernel does not count. With what the children had moved that it has waited for. */
  readonly moved: { readonly read_bytes: number; readonly written_bytes: number } | null;
}

/** Part of one look at all followed processes. */
export interface Samples {
  readonly list: readonly Sample[];
  /** All were looked at: one without a sample since the last such part is gone. */
  readonly last: boolean;
}

/** In this order within a round: what was found out, then facts, then the plain text that followed them. */
export interface Round {
  readonly type: "round";
  /** When it was drained; rounds come at least twice a second, also when nothing happens. */
  readonly now: Micros;
  readonly libraries: readonly HookedLibrary[];
  readonly drafts: readonly Draft[];
  readonly control: Uint8Array<ArrayBuffer> | null;
  readonly payload: Uint8Array<ArrayBuffer> | null;
  readonly losses: readonly Loss[];
  /** Behind the facts. Absent when it was not time to look. */
  readonly samples?: Samples;
}

export interface Ready {
  readonly type: "ready";
  readonly libraries: number;
  readonly tracked: number;
  readonly elapsed_ms: number;
  readonly ring_bytes: number;
}

/** A connection within this machine, as its process asked for it. */
export interface Connected extends Actor, Endpoint {
  /** `addr` as the socket has it afterwards: 127.0.0.1 for 0.0.0.0. */
  readonly reached: string;
  readonly transport?: Transport;
}

export type FromCapture =
  | Ready
  | Round
  | { readonly type: "log"; readonly level: "notice" | "warn" | "info" | "debug"; readonly text: string }
  /** Another worker that looks into files is to be started, or is done with. */
  | { readonly type: "hire"; readonly lane: LaneName }
  | { readonly type: "dismiss"; readonly id: number }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "stopped" };

export type ToCapture =
  | { readonly type: "start"; readonly options: CaptureOptions }
  | { readonly type: "resolver"; readonly lane: LaneName; readonly id: number; readonly port: MessagePort }
  /** It broke. */
  | { readonly type: "resolver_lost"; readonly id: number }
  /** That many bytes of each ring were dealt with. */
  | { readonly type: "credit"; readonly control: number; readonly payload: number }
  /** The library's hooks gave no plain text. */
  | { readonly type: "reject"; readonly library: number }
  /** Who is at the other end is to be told. */
  | { readonly type: "peers"; readonly connections: readonly Connected[] }
  | { readonly type: "stop" };
