/** Starts CMD as the invoking user, on the same terminal, and keeps it stopped until every probe is attached. */
import { CliError, ExitCode } from "./exit_code.ts";
import type { User } from "./user.ts";

const STOP_TIMEOUT_MS = 5000;
/** Stops itself, and becomes CMD when it is continued: CMD's exec is the first thing that is seen of it. */
const script = 'kill -STOP $$; exec "$@"';
const scriptToStderr = 'kill -STOP $$; exec "$@" >&2';

/** Disposing ends a CMD that was never let go: it would wait for ever. */
export interface Launched extends Disposable {
  readonly pid: number;
  /** Lets CMD begin. */
  go(): void;
  signal(signal: Deno.Signal): void;
  /** CMD's exit code, or 128 and the signal's number. */
  readonly ended: Promise<number>;
}

export interface LaunchOptions {
  readonly user: User;
  /** `--json`: stdout is for events. */
  readonly stdoutToStderr: boolean;
}

/** Throws when CMD cannot be found. Resolves when it waits. */
export async function launch(
  command: readonly string[],
  { user, stdoutToStderr }: LaunchOptions,
): Promise<Launched> {
  const [name = "", ...args] = command;
  const path = findProgram(name, user);
  const shell = ["sh", "-c", stdoutToStderr ? scriptToStderr : script, "sh", path, ...args];
  const asUser = user.uid === 0
    ? []
    : ["setpriv", `--reuid=${user.uid}`, `--regid=${user.gid}`, "--init-groups", "--"];
  const [program = "sh", ...rest] = [...asUser, ...shell];
  const child = new Deno.Command(program, {
    args: rest,
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
    env: user.uid === 0 ? {} : { HOME: user.home, USER: user.name, LOGNAME: user.name },
  }).spawn();
  const ended = child.status.then(({ code, signal }) =>
    signal === null ? code : 128 + signalNumber(code, signal)
  );
  await untilStopped(child.pid, ended);
  let began = false;
  const signal = (name: Deno.Signal) => {
    try {
      Deno.kill(child.pid, name);
    } catch {
      // It has ended; `ended` says how.
    }
  };
  return {
    pid: child.pid,
    signal,
    ended,
    go() {
      began = true;
      signal("SIGCONT");
    },
    [Symbol.dispose]() {
      if (!began) signal("SIGKILL");
    },
  };
}

/** Deno reports 128 + n as the code of a process that a signal ended. */
function signalNumber(code: number, signal: Deno.Signal): number {
  return code > 128 ? code - 128 : { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal as "SIGINT"] ?? 0;
}

/** Searches PATH as the shell would, so that the error is ours and comes before anything is started. */
function findProgram(name: string, user: User): string {
  // sudo replaces PATH by its own: the user's private programs come last.
  const path = `${Deno.env.get("PATH") ?? "/usr/bin:/bin"}:${user.home}/.local/bin:${user.home}/bin`;
  const candidates = name.includes("/")
    ? [name]
    : path.split(":").map((directory) => `${directory || "."}/${name}`);
  const found = candidates.find(isExecutableFile);
  if (found === undefined) {
    throw new CliError(`Cannot run ${name}: not found. Check the name, or give its full path`, {
      code: ExitCode.notFound,
    });
  }
  return name.includes("/") ? name : found;
}

function isExecutableFile(path: string): boolean {
  try {
    const info = Deno.statSync(path);
    return info.isFile && ((info.mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}

async function untilStopped(pid: number, ended: Promise<number>): Promise<void> {
  let over = false;
  void ended.then(() => over = true);
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (!over && performance.now() < deadline) {
    if (stateOf(pid) === "T") return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new CliError("Cannot start CMD: its launcher ended early. Is setpriv (util-linux) installed?", {
    code: ExitCode.failed,
  });
}

function stateOf(pid: number): string {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return stat[stat.lastIndexOf(")") + 2] ?? "";
  } catch {
    return "";
  }
}
