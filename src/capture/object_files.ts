/** The compiled objects for this machine. Built by `deno task build:bpf`, embedded when the program is packed. */

type Bytes = Uint8Array<ArrayBuffer>;
type ByteModule = { readonly default: Bytes };

const files: Readonly<Record<string, () => Promise<readonly [ByteModule, ByteModule]>>> = {
  x86_64: () =>
    Promise.all([
      import("../../dist/bpf/process.x86_64.o", { with: { type: "bytes" } }),
      import("../../dist/bpf/tls.x86_64.o", { with: { type: "bytes" } }),
    ]),
  aarch64: () =>
    Promise.all([
      import("../../dist/bpf/process.aarch64.o", { with: { type: "bytes" } }),
      import("../../dist/bpf/tls.aarch64.o", { with: { type: "bytes" } }),
    ]),
};

/** Throws when there are none for this machine. */
export async function loadObjectFiles(): Promise<{ process: Bytes; tls: Bytes }> {
  const load = files[Deno.build.arch];
  if (!load) {
    throw new Error(`Cannot capture on ${Deno.build.arch}: only x86_64 and aarch64 have BPF objects`);
  }
  const [process, tls] = await load();
  return { process: process.default, tls: tls.default };
}
