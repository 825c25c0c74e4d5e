/** What capture uses of the kernel, each found or not, and what is done where it is missing. */
import {
  hasAtomics,
  hasAttachCookies,
  hasLoops,
  hasRingBuffer,
  hasSleepableUprobes,
  hasTaskFileIterator,
  hasTaskIterator,
  hasUprobeMulti,
} from "../../ffi/bpf_features.ts";
import { hasTracepoint } from "../../ffi/bpf_object.ts";
import type { Libbpf } from "../../ffi/libbpf.ts";
import type { Libc } from "../../ffi/libc.ts";
import { type Features, type OptionalFeature, optionalFeatures } from "./feature_names.ts";

interface Libs {
  readonly lib: Libbpf;
  readonly libc: Libc;
}

interface Feature {
  readonly name: string;
  /** The release of Linux it came with. */
  readonly since: string;
  readonly probe: (libs: Libs) => boolean;
  /** What is done without it, and what that costs; or that nothing can be. */
  readonly fallback: string;
}

/** What capture does without, at a cost. */
const optional: Readonly<Record<OptionalFeature, Feature>> = {
  loops: {
    name: "bpf_loop",
    since: "5.17",
    probe: ({ lib }) => hasLoops(lib),
    fallback:
      "bounded loops: at most 1 MiB of a TLS call and 16 MiB of a plain one, the rest is counted; 1,024 " +
      "descriptors at an exec or exit; loading takes twice the time",
  },
  sleepable: {
    name: "sleepable uprobes",
    since: "6.0",
    probe: ({ lib, libc }) => hasSleepableUprobes(lib, libc),
    fallback: "uprobes that cannot sleep: text on pages that are not in memory is lost, and counted",
  },
  uprobe_multi: {
    name: "uprobe_multi",
    since: "6.6",
    probe: ({ lib, libc }) => hasUprobeMulti(lib, libc),
    fallback: "one link a function: hooking and unhooking a library takes some 0.1 s a function",
  },
  iterator: {
    name: "task iterator",
    since: "5.8",
    probe: ({ lib }) => hasTaskIterator(lib),
    fallback: "/proc: when a process that ran before us began is known to 10 ms",
  },
  socket_iterator: {
    name: "task_file iterator",
    since: "5.8",
    probe: ({ lib }) => hasTaskFileIterator(lib),
    fallback: "/proc: where unix sockets lead to is not known",
  },
  io_uring: {
    name: "tracepoint io_uring_submit_req",
    since: "6.4",
    probe: ({ lib }) => hasTracepoint(lib, "io_uring_submit_req"),
    fallback: "what is done by io_uring is neither seen nor counted",
  },
};

/** The programs find out by themselves. */
const ioAccounting: Feature = {
  name: "CONFIG_TASK_IO_ACCOUNTING",
  since: "2.6",
  probe: () => exists("/proc/self/io"),
  fallback: "process.exit and resource tell no bytes read and written",
};

/** Without one of them nothing is captured. */
const needed: readonly Feature[] = [
  {
    name: "kernel types (BTF)",
    since: "5.2",
    probe: () => exists("/sys/kernel/btf/vmlinux"),
    fallback: "boot a kernel built with CONFIG_DEBUG_INFO_BTF=y",
  },
  {
    name: "ring buffer",
    since: "5.8",
    probe: ({ lib, libc }) => hasRingBuffer(lib, libc),
    fallback: "nothing is captured",
  },
  {
    name: "atomics with results",
    since: "5.12",
    probe: ({ lib, libc }) => hasAtomics(lib, libc),
    fallback: "nothing is captured",
  },
  {
    name: "attach cookies",
    since: "5.15",
    probe: ({ lib, libc }) => hasAttachCookies(lib, libc),
    fallback: "nothing is captured",
  },
  ...[
    "sched_process_fork",
    "sched_process_exec",
    "sched_process_exit",
    "inet_sock_set_state",
    "sys_enter",
    "sys_exit",
  ].map((name) => ({
    name: `tracepoint ${name}`,
    since: "4.16",
    probe: ({ lib }: Libs) => hasTracepoint(lib, name),
    fallback: "nothing is captured",
  })),
];

/** What may be used of this kernel. Those of `without` are not asked for, and count as missing. */
export function probeFeatures(libs: Libs, without: readonly OptionalFeature[]): Features {
  const entries = optionalFeatures.map((key) =>
    [key, !without.includes(key) && optional[key].probe(libs)] as const
  );
  return Object.fromEntries(entries) as Record<OptionalFeature, boolean>;
}

export interface FeatureReport {
  readonly feature: string;
  readonly since: string;
  readonly found: boolean;
  readonly needed: boolean;
  /** Only where it is missing. */
  readonly fallback?: string;
}

/** Each feature by itself, for people. */
export function reportFeatures(libs: Libs, without: readonly OptionalFeature[]): FeatureReport[] {
  const features = probeFeatures(libs, without);
  const report = (
    { name, since, fallback }: Feature,
    { found, needed }: { found: boolean; needed: boolean },
  ) => ({
    feature: name,
    since,
    found,
    needed,
    ...(!found && { fallback }),
  });
  return [
    ...needed.map((feature) => report(feature, { found: feature.probe(libs), needed: true })),
    ...optionalFeatures.map((key) => report(optional[key], { found: features[key], needed: false })),
    report(ioAccounting, { found: ioAccounting.probe(libs), needed: false }),
  ];
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
