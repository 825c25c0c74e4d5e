/** A file system whose one program can be read by everybody but one process, which waits for ever. */
import { dirname, join } from "node:path";

const source = join(import.meta.dirname!, "programs/stalling_fs.c");

export class StallingFiles implements AsyncDisposable {
  readonly program: string;
  readonly #directory: string;
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess, directory: string) {
    this.#child = child;
    this.#directory = directory;
    this.program = join(directory, "program");
  }

  /** `contents`: the file that the program is a copy of. */
  static async mount(directory: string, contents: string): Promise<StallingFiles> {
    const server = join(directory, "stalling_fs");
    const mounted = join(directory, "files");
    Deno.mkdirSync(mounted);
    await build(server);
    const child = new Deno.Command(server, {
      args: [mounted, contents],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    reader.releaseLock();
    const files = new StallingFiles(child, mounted);
    // It says "ready" before the kernel knows of it.
    while (Deno.statSync(mounted).dev === Deno.statSync(dirname(mounted)).dev) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return files;
  }

  /** From here on, that process waits for what it asks. */
  async stall(pid: number): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(`${pid}\n`));
    writer.releaseLock();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Deno.Command("umount", { args: ["--lazy", this.#directory] }).output();
    // Its mount was all it lived for.
    await this.#child.status;
    await this.#child.stdin.close().catch(() => {});
    await this.#child.stdout.cancel();
  }
}

async function build(program: string): Promise<void> {
  const flags = await output("pkg-config", ["fuse3", "--cflags", "--libs"]);
  await output("gcc", ["-O1", "-o", program, source, ...flags.trim().split(/\s+/)]);
}

async function output(command: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  if (!success) throw new Error(`Cannot build ${source}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
