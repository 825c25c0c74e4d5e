/** A model that repeats what it is asked, and programs of every TLS stack that ask it, under names of the test's own. */
import { join } from "node:path";
import { AskingProcess } from "./asking_process.ts";
import { installed } from "./agent_installs.ts";
import { TlsTee } from "./tls_tee.ts";

const clients = join(import.meta.dirname!, "tls_clients");
const runtimeScript = join(clients, "asker.mjs");
export const python = "/usr/bin/python3";

export class AskerWorld implements AsyncDisposable {
  readonly tee = new TlsTee(answer);
  readonly #dir = Deno.makeTempDirSync({ prefix: "agentsight-askers-" });

  /** A path of this test's own. */
  path(name: string): string {
    return join(this.#dir, name);
  }

  /** What every asker gets at the end of its command line. */
  get destination(): string[] {
    return [this.tee.url, this.tee.caFile];
  }

  async start(
    command: readonly [string, ...string[]],
    env: Readonly<Record<string, string>> = {},
  ): Promise<AskingProcess> {
    return await AskingProcess.start([...command, ...this.destination], { env });
  }

  /** A Bun that is called otherwise. */
  async bun(name: string): Promise<[string, ...string[]]> {
    const spec = `@oven/bun-linux-${Deno.build.arch === "x86_64" ? "x64" : Deno.build.arch}`;
    const executable = `${spec}/bin/bun`;
    const version = "1.4.5";
    const bun = await installed({ name: "bun", version, spec: `${spec}@${version}`, executable });
    return [this.copy(bun, name), runtimeScript];
  }

  /** A Deno that is called otherwise. */
  deno(name: string): [string, ...string[]] {
    const options = ["run", "-A", "--no-config", "--cert", this.tee.caFile];
    return [this.copy(Deno.execPath(), name), ...options, runtimeScript];
  }

  async go(name: string): Promise<[string]> {
    await build(["go", "build", "-ldflags", "-s -w", "-o", this.path(name), join(clients, "asker.go")]);
    return [this.path(name)];
  }

  /** `shifted`: with its functions in other places. */
  async staticOpenSsl(name: string, { shifted = false } = {}): Promise<[string]> {
    const flags = ["-O2", "-static", "-s", ...(shifted ? ["-DSHIFT"] : [])];
    await this.#gcc(name, { flags, libraries: ["-lssl", "-lcrypto"] });
    return [this.path(name)];
  }

  /** With the system's libssl. */
  async dynamicOpenSsl(name: string): Promise<[string]> {
    await this.#gcc(name, { flags: ["-O2", "-s"], libraries: ["-lssl", "-lcrypto"] });
    return [this.path(name)];
  }

  /** An add-on as Node.js loads them: OpenSSL inside, stripped, nothing of it exported. */
  async addOn(name: string, { shifted = false } = {}): Promise<string> {
    const link = ["-fPIC", "-shared", "-s", "-Wl,-Bsymbolic,--exclude-libs,ALL", "-DLIBRARY"];
    const flags = ["-O2", ...link, ...(shifted ? ["-DSHIFT"] : [])];
    await this.#gcc(name, { flags, libraries: ["-l:libssl.a", "-l:libcrypto.a"] });
    return this.path(name);
  }

  /** Python, which loads TLS with its first question: its own, or `library`, an add-on. */
  async snake(library?: string, env: Readonly<Record<string, string>> = {}): Promise<AskingProcess> {
    const command: [string, ...string[]] = [python, "-B", join(clients, "asker.py")];
    return await this.start(command, library === undefined ? env : { ...env, LIBRARY: library });
  }

  /** The system's libssl and libcrypto as files of their own, for LD_LIBRARY_PATH. */
  opensslLibraries(name: string): string {
    Deno.mkdirSync(this.path(name));
    for (const path of librariesOf(python, "import ssl").filter((path) => /lib(ssl|crypto)/.test(path))) {
      Deno.copyFileSync(path, join(this.path(name), path.slice(path.lastIndexOf("/") + 1)));
    }
    return this.path(name);
  }

  /** A file of its own: nothing is known about it. */
  copy(from: string, name: string): string {
    Deno.copyFileSync(from, this.path(name));
    return this.path(name);
  }

  async #gcc(
    name: string,
    { flags, libraries }: { readonly flags: readonly string[]; readonly libraries: readonly string[] },
  ): Promise<void> {
    await build(["gcc", ...flags, "-o", this.path(name), join(clients, "asker.c"), ...libraries, "-pthread"]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tee[Symbol.asyncDispose]();
    Deno.removeSync(this.#dir, { recursive: true });
  }
}

/** What an asker hears. */
export function answerTo(prompt: string): string {
  return `you said ${prompt}`;
}

async function answer(request: Request): Promise<Response> {
  const { messages, model } = await request.json();
  return Response.json({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model,
    content: [{ type: "text", text: answerTo(messages[0].content) }],
    stop_reason: "end_turn",
    usage: { input_tokens: 1, output_tokens: 1 },
  });
}

/** The libraries that a program of Python has mapped. */
function librariesOf(program: string, code: string): string[] {
  const list = `${code}\nprint("\\n".join({l.split()[-1] for l in open("/proc/self/maps") if ".so" in l}))`;
  const { stdout } = new Deno.Command(program, { args: ["-c", list] }).outputSync();
  return new TextDecoder().decode(stdout).trim().split("\n");
}

export async function build([compiler = "", ...args]: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(compiler, { args, stdin: "null", stderr: "piped" })
    .output();
  if (!success) {
    throw new Error(`Cannot build a test program: ${compiler} says ${new TextDecoder().decode(stderr)}`);
  }
}
