/** Compiles every probe family for every architecture into dist/bpf. */
const sources = ["process", "tls", "aead", "sockets"];
const targets = { x86_64: "x86", aarch64: "arm64" };

async function run(command: string, ...args: string[]): Promise<void> {
  const { success } = await new Deno.Command(command, { args, stdout: "inherit", stderr: "inherit" }).output()
    .catch((cause) => {
      throw new Error(`Cannot run ${command}: apt-get install clang llvm libbpf-dev`, { cause });
    });
  if (!success) throw new Error(`Cannot build the BPF objects: ${command} ${args.join(" ")} failed`);
}

const root = new URL("..", import.meta.url).pathname;
await Deno.mkdir(`${root}dist/bpf`, { recursive: true });
for (const source of sources) {
  for (const [machine, arch] of Object.entries(targets)) {
    const object = `${root}dist/bpf/${source}.${machine}.o`;
    // v3: atomics that return the old value, which need a 5.12 kernel.
    // deno-fmt-ignore
    await run("clang", "-g", "-O2", "-mcpu=v3", "-target", "bpf", `-D__TARGET_ARCH_${arch}`, "-Wall", "-Wextra", "-Werror",
      "-Wno-unused-function", "-Wno-unused-parameter", "-Wno-missing-declarations",
      "-c", `${root}bpf/${source}.bpf.c`, "-o", object);
    // DWARF goes, BTF stays.
    await run("llvm-strip", "-g", object);
  }
}
