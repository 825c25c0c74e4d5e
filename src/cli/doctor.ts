/** `doctor`: what this machine allows, what each running program shows, and how to fix what is missing. */
import { type Libbpf, openLibbpf } from "../../ffi/libbpf.ts";
import { type Libc, openLibc } from "../../ffi/libc.ts";
import { LibbpfLog } from "../../ffi/log.ts";
import { bootTime } from "../capture/clock.ts";
import { type CaptureOptions, DEFAULT_LIMITS } from "../capture/messages.ts";
import { Probes } from "../capture/probes.ts";
import { type FeatureReport, reportFeatures } from "../capture/features.ts";
import type { OptionalFeature } from "../capture/feature_names.ts";
import { version } from "../version.ts";
import { type Library, runningLibraries } from "./doctor_running.ts";
import { ExitCode } from "./exit_code.ts";
import { exists } from "./preflight.ts";
import { type Colors, colorsFor, plain } from "./terminal.ts";
import { print } from "./print.ts";

interface Libs {
  readonly lib: Libbpf;
  readonly libc: Libc;
}

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  readonly fix?: string;
}

/** Exit code 0 when capturing works here, 3 when it does not. */
export function doctor(
  { json, without }: { readonly json?: true; readonly without: readonly OptionalFeature[] },
): number {
  const checks = basics();
  const libs = checks.every((check) => check.ok) ? { lib: openLibbpf(), libc: openLibc() } : null;
  const features = libs ? featuresOf(libs, without) : [];
  checks.push(...missing(features));
  if (libs && checks.every((check) => check.ok)) checks.push(probes(libs, without));
  const libraries = Deno.uid() === 0 ? runningLibraries() : [];
  const ok = checks.every((check) => check.ok);
  if (json) print(JSON.stringify({ version, ok, checks, features, libraries }, null, 2));
  else show({ checks, features, libraries }, colorsFor(Deno.stdout.isTerminal()));
  return ok ? ExitCode.ok : ExitCode.cannotCapture;
}

function basics(): Check[] {
  const root = Deno.uid() === 0;
  const btf = exists("/sys/kernel/btf/vmlinux");
  return [
    { name: "root", ok: root, found: root ? "yes" : "no", ...(!root && { fix: "sudo agentsight doctor" }) },
    { name: "kernel", ok: true, found: Deno.osRelease() },
    {
      name: "kernel types (BTF)",
      ok: btf,
      found: btf ? "/sys/kernel/btf/vmlinux" : "missing",
      ...(!btf && { fix: "boot a kernel built with CONFIG_DEBUG_INFO_BTF=y" }),
    },
    libbpf(),
  ];
}

function featuresOf(libs: Libs, without: readonly OptionalFeature[]): FeatureReport[] {
  // That something is missing is the answer here, and no trouble to print.
  using _silent = new LibbpfLog(libs.lib, libs.libc, () => {});
  return reportFeatures(libs, without);
}

/** What nothing can be done without. */
function missing(features: readonly FeatureReport[]): Check[] {
  return features.filter(({ needed, found }) => needed && !found).map(({ feature, since }) => ({
    name: feature,
    ok: false,
    found: "missing",
    fix: `boot Linux ${since} or later: 5.15 is the oldest that has all that is needed`,
  }));
}

function libbpf(): Check {
  try {
    const text = openLibbpf().symbols.libbpf_version_string();
    return {
      name: "libbpf",
      ok: true,
      found: text === null ? "found" : Deno.UnsafePointerView.getCString(text),
    };
  } catch (error) {
    return { name: "libbpf", ok: false, found: messageOf(error), fix: "apt-get install libbpf1" };
  }
}

/** Loads the real programs and attaches the kernel's; nothing is followed. */
function probes(libs: Libs, without: readonly OptionalFeature[]): Check {
  const options: CaptureOptions = {
    select: { comms: ["nothing is called this"], pids: [], exes: [], all: false },
    level: "redacted",
    rings: { control: 4096, payload: 4096 },
    limits: DEFAULT_LIMITS,
    envNames: false,
    launched: null,
    cache: null,
    boot: bootTime(libs.libc),
    without,
    resourcesMs: 0,
  };
  try {
    using loaded = Probes.load(libs, options);
    loaded.attachProcess();
    return { name: "probes", ok: true, found: "load and attach" };
  } catch (error) {
    return {
      name: "probes",
      ok: false,
      found: messageOf(error),
      fix: "AGENTSIGHT_DEBUG=1 sudo -E agentsight trace shows the kernel's log",
    };
  }
}

function show(
  { checks, features, libraries }: {
    checks: readonly Check[];
    features: readonly FeatureReport[];
    libraries: readonly Library[];
  },
  c: Colors,
): void {
  print(`agentsight ${version}\n`);
  for (const check of checks) {
    print(
      `${check.ok ? c.green("ok  ") : c.red("FAIL")}  ${check.name.padEnd(20)} ${plain(check.found)}`,
    );
    if (check.fix) print(`      ${"".padEnd(20)} fix: ${check.fix}`);
  }
  if (features.length > 0) print("\nfeatures of the kernel");
  for (const { feature, since, found, needed, fallback } of features) {
    const mark = found ? c.green("ok  ") : needed ? c.red("FAIL") : c.yellow("--  ");
    print(
      `${mark}  ${`${feature} (${since})`.padEnd(40)} ${found ? "found" : `missing: ${fallback}`}`,
    );
  }
  if (libraries.length === 0) return;
  print("\nTLS in running processes");
  for (const { path, processes, verdict, seen } of libraries) {
    const users = `${processes} ${processes === 1 ? "process" : "processes"}`;
    print(`${seen ? c.green("ok  ") : c.yellow("--  ")}  ${plain(path)} (${users}): ${plain(verdict)}`);
  }
  print("\nagentsight doctor PATH or PID shows what a verdict rests on.");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
