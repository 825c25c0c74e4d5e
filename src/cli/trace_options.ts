/** What the command line says about a trace. */
import type { OptionalFeature } from "../capture/feature_names.ts";
import type { CaptureLevel, Selection } from "../capture/messages.ts";

export interface TraceOptions {
  readonly comm: readonly string[];
  readonly pid: readonly number[];
  readonly exe: readonly string[];
  readonly all: boolean;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly db?: string;
  readonly store: boolean;
  readonly server: boolean;
  readonly port: number;
  readonly fold: "none" | "auto";
  readonly capture: CaptureLevel;
  readonly strict: boolean;
  readonly ringControl: number;
  readonly ringPayload: number;
  readonly maxRate: number;
  readonly maxProcesses: number;
  readonly maxFiles: number;
  readonly maxConnections: number;
  readonly maxQueue: number;
  readonly envNames: boolean;
  /** ms; 0: never. */
  readonly resources: number;
  readonly rounds?: string;
  readonly without: readonly OptionalFeature[];
  readonly quiet: boolean;
  readonly command: readonly string[] | null;
}

export function selectionOf(options: TraceOptions): Selection {
  return { comms: options.comm, pids: options.pid, exes: options.exe, all: options.all };
}
