/** Runs an agent to its end, by itself or under AgentSight. */
import { dirname, join } from "node:path";
import type { Event } from "../../src/event.ts";
import { installed } from "../support/agent_installs.ts";
import type { AgentRow } from "./agent_row.ts";
import type { AgentWorld } from "./agent_world.ts";
import { copyAnonymously } from "./anonymous.ts";

const main = join(import.meta.dirname!, "../../main.ts");
const PATIENCE_S = 60;

export interface AgentRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TracedRun extends AgentRun {
  readonly events: readonly Event[];
  /** What `--rounds` wrote. */
  readonly rounds: string;
}

/** The agent alone. */
export async function runAgent(row: AgentRow, world: AgentWorld): Promise<AgentRun> {
  const { command, env } = await prepare(row, world);
  return await run(world.inside(command), { env, cwd: world.workspace });
}

/** The agent below `agentsight trace`, which knows nothing of it: its caches are empty. */
export async function traceAgent(row: AgentRow, world: AgentWorld): Promise<TracedRun> {
  const { command, env } = await prepare(row, world);
  return await trace(command, { world, env });
}

/** Several agents, each in its own world, started together below one `agentsight trace`. */
export async function traceTogether(
  agents: readonly (readonly [row: AgentRow, world: AgentWorld])[],
): Promise<TracedRun> {
  const lines = await Promise.all(agents.map(async ([row, world]) => {
    const { command, env } = await prepare(row, world);
    const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const inside = world.inside(["env", "-i", "-C", world.workspace, ...settings, ...command]);
    return inside.map(quoted).join(" ");
  }));
  const [, world] = agents[0]!;
  const script = `${lines.map((line) => `${line} &`).join("\n")}\nwait`;
  return await trace(["sh", "-c", script], { world, env: { PATH: "/usr/local/bin:/usr/bin:/bin" } });
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

async function trace(
  command: readonly string[],
  { world, env }: { readonly world: AgentWorld; readonly env: Record<string, string> },
): Promise<TracedRun> {
  const rounds = world.path("rounds");
  const options = [
    "--json",
    "--no-server",
    "--no-store",
    "--rounds",
    rounds,
    "--strict",
    "--capture",
    "full",
  ];
  const tracer = [Deno.execPath(), "run", "-A", main, "trace", ...options, "--", ...command];
  const result = await run(world.inside(tracer), {
    env: { ...env, DENO_DIR: denoDirectory() },
    cwd: world.workspace,
  });
  const events = result.stdout.split("\n").filter((line) => line.startsWith("{")).map((line) =>
    JSON.parse(line)
  );
  return { ...result, events, rounds };
}

async function prepare(row: AgentRow, world: AgentWorld) {
  const agent = await executable(row, world);
  const runtime = row.runtime === undefined ? [] : [await installed(row.runtime)];
  const { args, env } = row.prepare(world);
  const path = [...runtime.map(dirname), "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];
  return {
    command: [...runtime, agent, ...args],
    env: {
      PATH: path.join(":"),
      HOME: world.home,
      LANG: "C.UTF-8",
      SHELL: "/bin/bash",
      TERM: "dumb",
      NO_COLOR: "1",
      ...env,
    },
  };
}

async function executable(row: AgentRow, world: AgentWorld): Promise<string> {
  const original = await installed(row.agent);
  if (row.anonymous !== true) return original;
  const copy = world.path("zebra");
  copyAnonymously(original, copy);
  return copy;
}

/** Nothing of this machine's environment: it may hold keys, proxies and settings of the same agents. */
async function run(
  command: readonly string[],
  { env, cwd }: { readonly env: Record<string, string>; readonly cwd: string },
): Promise<AgentRun> {
  // `timeout` ends what the program started as well.
  const { code, stdout, stderr } = await new Deno.Command("timeout", {
    args: ["--kill-after=5", String(PATIENCE_S), ...command],
    env,
    cwd,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

function denoDirectory(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}
