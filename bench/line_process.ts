/** A helper program that answers each line with a line. It says "ready" first. */
export interface LineProcess extends AsyncDisposable {
  readonly pid: number;
  ask(line: string): Promise<string>;
}

export async function startLineProcess(
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<LineProcess> {
  const child = new Deno.Command(program, { args, env, stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const answer = async () => {
    let text = "";
    while (!text.endsWith("\n")) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`Cannot measure: ${program} ended`);
      text += value;
    }
    return text.trim();
  };
  if (await answer() !== "ready") throw new Error(`Cannot measure: ${program} did not start`);
  return {
    pid: child.pid,
    async ask(line) {
      await writer.write(new TextEncoder().encode(`${line}\n`));
      return await answer();
    },
    async [Symbol.asyncDispose]() {
      await writer.close().catch(() => {});
      await child.status;
    },
  };
}
