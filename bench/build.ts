/** Builds the helper programs in C. Their paths are `<dir>/<name>`. */
const programs: Readonly<Record<string, readonly string[]>> = {
  storm: ["cc", "-O2", "-Wall", "-Werror", "-o", "storm", "storm.c"],
  churn: ["cc", "-O2", "-Wall", "-Werror", "-o", "churn", "churn.c"],
  starter: ["cc", "-O2", "-Wall", "-Werror", "-o", "starter", "starter.c"],
  tls_loop: ["cc", "-O2", "-Wall", "-Werror", "-o", "tls_loop", "tls_loop.c", "-lssl", "-lcrypto"],
  "fixed_pair.o": [
    ...["clang", "-g", "-O2", "-mcpu=v3", "-target", "bpf", `-D__TARGET_ARCH_${target()}`],
    ...["-Wall", "-Wno-missing-declarations", "-c", "fixed_pair.bpf.c", "-o", "fixed_pair.o"],
  ],
};

export async function buildPrograms(dir: string): Promise<void> {
  for (const [name, [command = "", ...args]] of Object.entries(programs)) {
    const to = args.indexOf("-o") + 1;
    const { success } = await new Deno.Command(command, {
      args: args.with(to, `${dir}/${name}`),
      cwd: import.meta.dirname! + "/c",
      stdout: "inherit",
      stderr: "inherit",
    }).output();
    if (!success) {
      throw new Error(`Cannot build ${name}: ${command} failed. apt-get install gcc clang libssl-dev`);
    }
  }
}

function target(): string {
  return Deno.build.arch === "aarch64" ? "arm64" : "x86";
}
