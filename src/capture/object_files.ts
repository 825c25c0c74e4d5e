/** The compiled objects for this machine. Built by `deno task build:bpf`, embedded when the program is packed. */

export interface ObjectFiles {
  readonly process: Uint8Array<ArrayBuffer>;
  readonly tls: Uint8Array<ArrayBuffer>;
  readonly aead: Uint8Array<ArrayBuffer>;
  readonly sockets: Uint8Array<ArrayBuffer>;
}

// The bytes are imported by name in a module each: imported dynamically themselves, the packer wraps every byte in a
// property, which took 0.7 s.
const files: Readonly<Record<string, () => Promise<ObjectFiles>>> = {
  x86_64: () => import("./object_files_x86_64.ts"),
  aarch64: () => import("./object_files_aarch64.ts"),
};

/** Throws when there are none for this machine. */
export function loadObjectFiles(): Promise<ObjectFiles> {
  const load = files[Deno.build.arch];
  if (!load) {
    throw new Error(`Cannot capture on ${Deno.build.arch}: only x86_64 and aarch64 have BPF objects`);
  }
  return load();
}
