/** A program of tests/support/tls_clients/asker.*: it asks a model whenever the test says so. */

export class AskingProcess implements AsyncDisposable {
  /** What it was told to ask, first to last. */
  readonly asked: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #rest = "";
  #over = false;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#input = child.stdin.getWriter();
    this.#lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    void child.status.then(() => this.#over = true);
  }

  /** Started, and waiting for its first prompt. */
  static async start(
    [program, ...args]: readonly [string, ...string[]],
    options: { readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<AskingProcess> {
    const asker = new AskingProcess(
      new Deno.Command(program, {
        args,
        ...options,
        stdin: "piped",
        stdout: "piped",
        stderr: "inherit",
      }).spawn(),
    );
    await asker.line();
    return asker;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Its answer, or what else it says to this line. */
  async ask(prompt: string): Promise<string> {
    this.asked.push(prompt);
    await this.#input.write(new TextEncoder().encode(`${prompt}\n`));
    return await this.line();
  }

  /** The next line that it prints. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 1);
        return line;
      }
      const { done, value } = await this.#lines.read();
      if (done) throw new Error("The test's own program ended early");
      this.#rest += value;
    }
  }

  /** It has nothing more to ask. */
  async end(): Promise<void> {
    await this.#input.close().catch(() => {});
    const { code } = await this.#child.status;
    if (code !== 0) throw new Error(`The test's own program ended with code ${code}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#over) this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#input.close().catch(() => {});
    await this.#lines.cancel();
  }
}
