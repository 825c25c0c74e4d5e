/** Work whose time tracers add to, again and again: commands that leave nothing behind that would spare them work. */
import { join } from "node:path";

const samples = join(import.meta.dirname!, "..", "samples");
const agent = join(samples, "agent.mjs");

export interface Workload extends AsyncDisposable {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const nothingToEnd = () => Promise.resolve();

export function churn({ dir, cycles }: { readonly dir: string; readonly cycles: number }): Workload {
  return {
    args: [join(dir, "churn"), Deno.makeTempDirSync({ dir }), String(cycles)],
    [Symbol.asyncDispose]: nothingToEnd,
  };
}

export interface BuildOptions {
  readonly dir: string;
  readonly files: number;
  /** In each file: 15 take the compiler a quarter of a second, as most files of large projects do. */
  readonly functions: number;
}

/** A project of C files, compiled and linked by make on two processors. */
export function build({ dir, files, functions }: BuildOptions): Workload {
  const source = Deno.makeTempDirSync({ dir });
  for (let i = 0; i < files; i++) {
    Deno.writeTextFileSync(join(source, `unit_${i}.c`), unit(i, functions));
  }
  const calls = Array.from({ length: files }, (_, i) => `  total += unit_${i}(total);`);
  const declared = Array.from({ length: files }, (_, i) => `int unit_${i}(int);`);
  Deno.writeTextFileSync(
    join(source, "main.c"),
    [...declared, "int main(void) {", "  int total = 0;", ...calls, "  return total < 0;", "}", ""].join(
      "\n",
    ),
  );
  Deno.writeTextFileSync(
    join(source, "Makefile"),
    "objects := $(patsubst %.c,%.o,$(wildcard *.c))\nprogram: $(objects)\n\tgcc -o $@ $^\n" +
      "%.o: %.c\n\tgcc -O2 -c -o $@ $<\n",
  );
  return {
    args: ["make", "-B", "-s", "-j2", "-C", source],
    [Symbol.asyncDispose]: nothingToEnd,
  };
}

function unit(i: number, functions: number): string {
  const part = (at: number) => `part_${i}_${at}`;
  return [
    ...["stdio", "stdlib", "string", "errno", "unistd", "sys/stat"].map((name) => `#include <${name}.h>`),
    ...Array.from({ length: functions }, (_, at) => body(part(at), i + at)),
    `int unit_${i}(int seed) {`,
    ...Array.from({ length: functions }, (_, at) => `  seed = ${part(at)}(seed);`),
    "  return seed;",
    "}",
    "",
  ].join("\n");
}

function body(name: string, number: number): string {
  return `int ${name}(int seed) {
  char text[64];
  int n = snprintf(text, sizeof text, "%d", seed + ${number});
  for (int k = 0; k < n; k++) {
    switch (text[k] % 7) {
    case 0: seed += text[k] * (k + 1); break;
    case 1: seed ^= seed << ${number % 13}; break;
    case 2: if (strlen(text) > ${number % 9}) seed -= (int)strtol(text, NULL, 10); break;
    default: for (int j = 0; j < k; j++) seed = seed * 31 + text[j];
    }
  }
  return errno ? -seed : seed;
}`;
}

/** The sample agent against a scripted model over TLS: three calls, streamed, and two tools. */
export async function conversation({ dir }: { readonly dir: string }): Promise<Workload> {
  const work = Deno.makeTempDirSync({ dir });
  const served = ["--dir", work, "--pause", "50"];
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(samples, "llm_server.ts"), ...served],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { url, ca }: { url: string; ca: string } = JSON.parse((await reader.read()).value ?? "{}");
  return {
    args: [
      "sh",
      "-c",
      'rm -rf "$2"; mkdir "$2"; exec node "$1" --workspace "$2"',
      "sh",
      agent,
      `${work}/workspace`,
    ],
    env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "sk-ant-sample", NODE_EXTRA_CA_CERTS: ca },
    async [Symbol.asyncDispose]() {
      server.kill("SIGINT");
      await reader.cancel();
      await server.status;
    },
  };
}
