/** From a file to where its TLS is hooked. */
import { join } from "node:path";
import { likelyLibraries } from "../src/targets/likely_libraries.ts";
import {
  type AgentPackage,
  claudeCode,
  codex,
  installed,
  node,
  npmProgram,
} from "../tests/support/agent_installs.ts";
import { type Bench, type Context, type Row, Series } from "./bench.ts";
import type { Resolved } from "./resolve_process.ts";

interface Subject {
  readonly name: string;
  readonly path: string;
  readonly goals?: { readonly cold_ms: number; readonly again_ms: number; readonly added_mb: number };
}

export const bun = npmProgram("bun", { version: "1.4.5", package: "@oven/bun-linux-x64", file: "bin/bun" });
/** As the issue that asked for it says. */
const claudeCodeGoals = { cold_ms: 3000, again_ms: 20, added_mb: 150 };
/** A smaller file is read before `cat` has started. */
const COMPARED_FROM_BYTES = 4 << 20;

export const resolve: Bench = {
  name: "resolve",
  title: "Resolve",
  method:
    "The resolver worker looks into a file for the first time, and once more with the verdict that it kept, if any " +
    "(it keeps those by contents, of large files); each in a fresh process, from request to answer. The file is in " +
    "the page cache. Memory is the process's peak during the first look over what it had before. Right before each " +
    "first look, `cat FILE > /dev/null` is timed.",
  async run(context) {
    const rows: Row[] = [];
    for (const subject of await subjects(context)) rows.push(...await measure(subject, context));
    return rows;
  },
};

async function subjects({ quick }: Context): Promise<Subject[]> {
  const own = [
    { name: "Deno", path: Deno.execPath() },
    { name: "curl", path: "/usr/bin/curl" },
    ...likelyLibraries().filter((path) => path.endsWith("/libssl.so.3")).slice(0, 1)
      .map((path) => ({ name: "libssl.so.3", path })),
  ];
  if (quick) return own;
  const packed = async (name: string, agent: AgentPackage) => ({
    name: `${name} ${agent.version}`,
    path: await installed(agent),
  });
  return [
    { ...await packed("Claude Code", claudeCode("2.1.330")), goals: claudeCodeGoals },
    await packed("Codex", codex("0.169.0")),
    await packed("Bun", bun),
    await packed("node", node("26.10.0")),
    ...own,
  ];
}

async function measure({ name, path, goals }: Subject, { quick, dir }: Context): Promise<Row[]> {
  const { size } = Deno.statSync(path);
  const bytes = new Series(`${name}: size`, "MB");
  bytes.add(size / 1e6);
  const cold = new Series(`${name}: first look`, "ms", goals && { most: goals.cold_ms });
  const again = new Series(`${name}: second look`, "ms", goals && { most: goals.again_ms });
  const added = new Series(`${name}: memory added`, "MB", goals && { most: goals.added_mb });
  const ratio = new Series(`${name}: first look ÷ cat`, "×");
  await cat(path);
  for (let i = 0; i < (quick ? 1 : 7); i++) {
    const read_ms = await cat(path);
    const cache = Deno.makeTempDirSync({ dir });
    const first = await resolved(path, cache);
    cold.add(first.ms);
    added.add(first.added_mb);
    ratio.add(first.ms / read_ms);
    again.add((await resolved(path, cache)).ms);
  }
  const compared = size >= COMPARED_FROM_BYTES ? [ratio] : [];
  return [cold, again, added, ...compared, bytes].map((series) => series.row);
}

async function resolved(path: string, cache: string): Promise<Resolved> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(import.meta.dirname!, "resolve_process.ts"), path, cache],
    stdout: "piped",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot measure ${path}: its process failed`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Reads a file once, ms. */
async function cat(path: string): Promise<number> {
  const from = performance.now();
  const { success } = await new Deno.Command("cat", { args: [path], stdout: "null" }).output();
  if (!success) throw new Error(`Cannot read ${path}`);
  return performance.now() - from;
}
