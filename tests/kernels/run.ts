/**
 * `deno task test:kernels [FILE...]`: the tests that load programs into the kernel, in a virtual machine with Debian's
 * kernel of the oldest supported release, so that what newer kernels have is missed.
 *
 * Exits with the tests' code. Where the machine cannot be had it says so and succeeds, but under CI it fails.
 */
import { join } from "node:path";
import { isCi } from "../support/bpf_test.ts";
import { debianKernel } from "./debian_kernel.ts";
import { runInMachine } from "./machine.ts";
import { essentialTests, furtherTests } from "./tests.ts";
import { Unavailable } from "./unavailable.ts";

/** 6.1 in Debian 12. */
const KERNEL = "linux-image-amd64";
const LIMIT_MS = 90 * 60_000;
/** How much longer the tests wait for something: where nothing but emulation can be had, all is some ten times slower. */
const PATIENCE = 20;

const root = new URL("../..", import.meta.url).pathname;

function notice(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`kernel machine: ${text}\n`));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function commandFor(tests: readonly string[]): string {
  const passed = ["HOME", "PATH", "DENO_DIR", "CI", "AGENTSIGHT_WITHOUT"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [`export ${name}=${quoted(value)}`];
  });
  const words = [Deno.execPath(), "test", "-A", "--no-check", "--cached-only", ...tests];
  return [
    ...passed,
    `export TEST_PATIENCE=${PATIENCE}`,
    // Not on the overlay: it counts copies within it twice.
    "export TMPDIR=/run",
    `cd ${quoted(root)}`,
    `exec ${words.map(quoted).join(" ")}`,
    "",
  ].join("\n");
}

async function main(): Promise<number> {
  try {
    const kernel = await debianKernel(KERNEL, join(root, "dist/kernels"));
    const command = (accelerated: boolean) => {
      if (Deno.args.length > 0) return commandFor(Deno.args);
      if (accelerated) return commandFor([...essentialTests, ...furtherTests]);
      notice(`LEFT OUT, to be run by name: ${furtherTests.join(" ")}`);
      return commandFor(essentialTests);
    };
    const code = await runInMachine({ kernel, command, limit_ms: LIMIT_MS, notice });
    if (code === null) notice(`Linux ${kernel.release} ended before the tests did`);
    return code ?? 1;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    notice(`SKIPPED, no test was run: ${error.message}`);
    return isCi() ? 1 : 0;
  }
}

Deno.exit(await main());
