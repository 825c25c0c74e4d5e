/** The loaded BPF objects: what they share, how they are configured, and attaching them. */
import { BpfObject } from "../../ffi/bpf_object.ts";
import type { BpfMap } from "../../ffi/bpf_map.ts";
import type { Libbpf } from "../../ffi/libbpf.ts";
import type { Libc } from "../../ffi/libc.ts";
import { RingBuffer } from "../../ffi/ring_buffer.ts";
import type { Features } from "./feature_names.ts";
import { probeFeatures } from "./features.ts";
import { config, followed } from "./layout.gen.ts";
import type { CaptureOptions } from "./messages.ts";
import { loadObjectFiles, type ObjectFiles } from "./object_files.ts";
import { TlsHooks } from "./tls_hooks.ts";

const PAGE_BYTES = 4096;
const processPrograms = ["on_fork", "on_exec", "on_exit", "on_sock_state", "on_sys_enter", "on_sys_exit"];
const shared = ["tracked", "control", "payload", "counters", "tls_threads", "conn_ids"];

/** A file as the kernel names it. */
export interface FileKey {
  readonly dev: bigint;
  readonly ino: bigint;
}

/** A file as it was after its last change: numbers are given again, files written over. */
export interface ImageKey extends FileKey {
  /** ns since 1970. */
  readonly changed: bigint;
}

export class Probes implements Disposable {
  readonly control: RingBuffer;
  readonly payload: RingBuffer;
  readonly ringFds: readonly number[];
  readonly ringBytes: number;
  readonly counters: BpfMap;
  /** Sockets and pipes that may carry plain text. */
  readonly streams: BpfMap;
  readonly cpus: number;
  readonly tls: TlsHooks;
  readonly process: BpfObject;
  readonly features: Features;
  readonly #owned = new DisposableStack();
  readonly #processLinks = this.#owned.use(new DisposableStack());
  readonly #tracked: BpfMap;
  readonly #images: BpfMap;

  /** Loads both objects. Throws a sentence with the kernel's reason. */
  static load(libs: { readonly lib: Libbpf; readonly libc: Libc }, options: CaptureOptions): Probes {
    return new Probes(libs, { options, files: loadObjectFiles() });
  }

  private constructor(
    { lib, libc }: { readonly lib: Libbpf; readonly libc: Libc },
    { options, files }: { readonly options: CaptureOptions; readonly files: ObjectFiles },
  ) {
    this.features = probeFeatures({ lib, libc }, options.without);
    const { features } = this;
    const pageKb = libc.symbols.getpagesize() / 1024;
    const constants = { ".rodata.config": configBytes(options, { features, pageKb }) };
    this.cpus = lib.symbols.libbpf_num_possible_cpus();
    const rings = {
      control: options.rings.control,
      payload: options.level === "off" ? PAGE_BYTES : options.rings.payload,
    };
    try {
      this.process = this.#owned.use(BpfObject.load(lib, files.process, {
        name: "process",
        maxEntries: {
          ...rings,
          control_scratch: this.cpus,
          tracked: options.limits.processes,
          open_files: options.limits.files,
          open_sockets: options.limits.files,
          plain_streams: options.limits.connections,
        },
        constants,
        optional: [
          ...(features.io_uring ? ["on_uring_request"] : []),
          ...(features.iterator ? ["list_processes"] : []),
        ],
      }));
      const reuse = Object.fromEntries(shared.map((name) => [name, this.process.map(name)]));
      const maxEntries = { conns: options.limits.connections };
      const hooks = { images: files, reuse, constants, features, maxEntries };
      this.tls = this.#owned.use(new TlsHooks({ lib, libc }, hooks));
      this.#tracked = this.process.map("tracked");
      this.#images = this.process.map("images");
      this.counters = this.process.map("counters");
      this.streams = this.process.map("plain_streams");
      const [control, payload] = [this.process.map("control"), this.process.map("payload")];
      this.control = this.#owned.use(new RingBuffer(libc, { fd: control.fd, size: control.maxEntries }));
      this.payload = this.#owned.use(new RingBuffer(libc, { fd: payload.fd, size: payload.maxEntries }));
      this.ringFds = [control.fd, payload.fd];
      this.ringBytes = control.maxEntries + payload.maxEntries;
    } catch (error) {
      this.#owned.dispose();
      throw error;
    }
  }

  /** From here on, tracked processes leave records. */
  attachProcess(): void {
    const requests = this.features.io_uring ? ["on_uring_request"] : [];
    for (const program of [...processPrograms, ...requests]) {
      this.#processLinks.use(this.process.attach(program));
    }
  }

  /** From here on, no process is followed, held or reported. */
  detachProcess(): void {
    this.#processLinks.dispose();
  }

  track(pid: number): void {
    this.#tracked.set(u32(pid), new Uint8Array(followed.size));
  }

  /** The processes that are followed now. */
  trackedPids(): ReadonlySet<number> {
    const pids = new Set<number>();
    for (const key of this.#tracked.keys(4)) pids.add(new Uint32Array(key.buffer)[0]!);
    return pids;
  }

  isTracked(pid: number): boolean {
    return this.#tracked.read(u32(pid), new Uint8Array(followed.size));
  }

  /** The file needs no further look: nothing that maps it is held or reported again. */
  judged(key: ImageKey): void {
    this.#images.set(imageKeyBytes(key), u32(2));
  }

  /** The file is reported again when it is used next. */
  forget(key: ImageKey): void {
    this.#images.delete(imageKeyBytes(key));
  }

  select(options: CaptureOptions["select"], exes: readonly FileKey[]): void {
    const names = this.process.map("selected_names");
    for (const comm of options.comms) {
      const key = new Uint8Array(64);
      new TextEncoder().encodeInto(comm, key.subarray(0, 63));
      names.set(key, u32(1));
    }
    const files = this.process.map("selected_files");
    for (const key of exes) files.set(fileKeyBytes(key), u32(1));
  }

  [Symbol.dispose](): void {
    this.#owned.dispose();
  }
}

type Bytes = Uint8Array<ArrayBuffer>;

function configBytes(
  options: CaptureOptions,
  { features, pageKb }: { readonly features: Features; readonly pageKb: number },
): Bytes {
  const { select } = options;
  const bytes = new Uint8Array(config.size);
  const view = new DataView(bytes.buffer);
  const flag = (offset: number, on: boolean) => view.setUint32(offset, on ? 1 : 0, true);
  view.setUint32(config.self, Deno.pid, true);
  flag(config.discover, isDiscovering(options));
  flag(config.track_all, select.all);
  flag(config.select_names, select.comms.length > 0);
  flag(config.select_files, select.exes.length > 0);
  flag(config.sleepable, features.sleepable);
  view.setUint32(config.page_kb, pageKb, true);
  flag(config.plain, options.level !== "off");
  view.setUint32(config.control_bytes, options.rings.control, true);
  view.setUint32(config.rate, options.limits.rate, true);
  flag(config.env_names, options.envNames);
  flag(config.loops, features.loops);
  return bytes;
}

/** Nothing was selected: agents are found by what they send. */
export function isDiscovering({ select, launched }: CaptureOptions): boolean {
  return !select.all && launched === null && !select.comms.length && !select.pids.length &&
    !select.exes.length;
}

function u32(value: number): Bytes {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

function imageKeyBytes({ dev, ino, changed }: ImageKey): Bytes {
  return new Uint8Array(BigUint64Array.of(dev, ino, changed).buffer);
}

function fileKeyBytes(key: FileKey): Bytes {
  return new Uint8Array(BigUint64Array.of(key.dev, key.ino).buffer);
}
