/** The compiled objects for this machine. Built by `deno task build:bpf`; beside the packed program. */

type Bytes = Uint8Array<ArrayBuffer>;

export interface ObjectFiles {
  readonly process: Bytes;
  readonly tls: Bytes;
  readonly aead: Bytes;
  readonly sockets: Bytes;
}

/** Throws a sentence when there are none for this machine. */
export function loadObjectFiles(): ObjectFiles {
  const { arch } = Deno.build;
  if (arch !== "x86_64" && arch !== "aarch64") {
    throw new Error(`Cannot capture on ${arch}: only x86_64 and aarch64 have BPF objects`);
  }
  // Not imported: as text in a bundle they cost 4 MB of it, read and kept by each isolate.
  const directory = new URL(import.meta.url.endsWith(".js") ? "./" : "../../dist/bpf/", import.meta.url);
  const object = (name: string) => read(new URL(`${name}.${arch}.o`, directory));
  return {
    process: object("process"),
    tls: object("tls"),
    aead: object("aead"),
    sockets: object("sockets"),
  };
}

function read(file: URL): Bytes {
  try {
    return Deno.readFileSync(file);
  } catch (error) {
    throw new Error(`Cannot load ${file.pathname}: it is made by "deno task build:bpf"`, { cause: error });
  }
}
