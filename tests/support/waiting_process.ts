/** A program of the test's own: it waits for a line on its stdin, or simply runs. */

export class WaitingProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #output: Promise<string>;
  readonly #ready = Promise.withResolvers<void>();
  #over = false;

  constructor([program, ...args]: readonly [string, ...string[]], options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
  } = {}) {
    this.#child = new Deno.Command(program, {
      args,
      ...options,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#output = this.#read();
    void this.#child.status.then(() => this.#over = true);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** It printed its first line. */
  async ready(): Promise<this> {
    await this.#ready.promise;
    return this;
  }

  /** Lets it go on; resolves with all that it printed when it ended with 0. */
  async go(): Promise<string> {
    const writer = this.#child.stdin.getWriter();
    // One that reads nothing may have ended already.
    await writer.write(new TextEncoder().encode("go\n")).catch(() => {});
    await writer.close().catch(() => {});
    const { code } = await this.#child.status;
    if (code !== 0) throw new Error(`The test's own program ended with code ${code}`);
    return await this.#output;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#over) this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#output;
    if (!this.#child.stdin.locked) await this.#child.stdin.close().catch(() => {});
  }

  async #read(): Promise<string> {
    let all = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      all += text;
      if (all.includes("\n")) this.#ready.resolve();
    }
    this.#ready.resolve();
    return all;
  }
}
