/** One loaded CO-RE object: its maps, its programs, and the links that keep them attached. */
import { cString, errnoText, type Libbpf } from "./libbpf.ts";
import { BpfMap } from "./bpf_map.ts";

const OPEN_OPTS_BYTES = 16;
const UPROBE_OPTS_BYTES = 40;
const F_SLEEPABLE = 1 << 4;

export interface LoadOptions {
  readonly name: string;
  /** Maps shared with an object that is loaded already. */
  readonly reuse?: Readonly<Record<string, BpfMap>>;
  readonly maxEntries?: Readonly<Record<string, number>>;
  /** Initial bytes of a constant section's map, by the end of its name. */
  readonly constants?: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
  /** Programs to load that the object leaves out unless it is asked for them. */
  readonly optional?: readonly string[];
  /** Programs that may sleep (uprobes, from 6.0). */
  readonly sleepable?: readonly string[];
  /** What the kernel is to expect of a program, where its section does not say. */
  readonly attachTypes?: Readonly<Record<string, number>>;
}

export interface UprobeTarget {
  /** A path the kernel can open: /proc/self/fd/N for a file that is open here. */
  readonly path: string;
  /** Offset of the function in the file. */
  readonly offset: number;
  readonly onReturn: boolean;
  /** What the program reads with bpf_get_attach_cookie. */
  readonly cookie: number;
}

/** BPF_TRACE_RAW_TP, BPF_TRACE_ITER */
const [RAW_TRACEPOINT, ITERATOR] = [23, 28];

/** Whether the running kernel has a tracepoint of this name. */
export function hasTracepoint(lib: Libbpf, name: string): boolean {
  return lib.symbols.libbpf_find_vmlinux_btf_id(cString(name), RAW_TRACEPOINT) > 0;
}

/** Whether it lists such things to programs. */
export function hasIterator(lib: Libbpf, name: string): boolean {
  return lib.symbols.libbpf_find_vmlinux_btf_id(cString(name), ITERATOR) > 0;
}

/** An attached program; disposing detaches it. */
export class Link implements Disposable {
  readonly #lib: Libbpf;
  #pointer: Deno.PointerValue;

  constructor(lib: Libbpf, pointer: Deno.PointerValue) {
    this.#lib = lib;
    this.#pointer = pointer;
  }

  detachLater(): Promise<void> {
    this[Symbol.dispose]();
    return Promise.resolve();
  }

  [Symbol.dispose](): void {
    if (this.#pointer === null) return;
    this.#lib.symbols.bpf_link__destroy(this.#pointer);
    this.#pointer = null;
  }
}

export class BpfObject implements Disposable {
  readonly #lib: Libbpf;
  readonly #name: string;
  // libbpf keeps pointers into the image while the object is open.
  readonly #image: Uint8Array<ArrayBuffer>;
  #object: Deno.PointerValue;

  private constructor(lib: Libbpf, name: string, image: Uint8Array<ArrayBuffer>) {
    this.#lib = lib;
    this.#name = name;
    this.#image = image;
    const opts = new Uint8Array(OPEN_OPTS_BYTES);
    new DataView(opts.buffer).setBigUint64(0, BigInt(OPEN_OPTS_BYTES), true);
    this.#object = lib.symbols.bpf_object__open_mem(image, BigInt(image.byteLength), opts);
    if (this.#object === null) throw this.#error("open", Number(lib.symbols.libbpf_get_error(null)));
  }

  /** Opens, configures and loads an object. Throws a sentence with libbpf's reason. */
  static load(lib: Libbpf, image: Uint8Array<ArrayBuffer>, options: LoadOptions): BpfObject {
    const object = new BpfObject(lib, options.name, image);
    try {
      object.#configure(options);
      const result = lib.symbols.bpf_object__load(object.#object);
      if (result < 0) throw object.#error("load", result);
      return object;
    } catch (error) {
      object[Symbol.dispose]();
      throw error;
    }
  }

  #configure(options: LoadOptions): void {
    const { symbols } = this.#lib;
    for (const [name, entries] of Object.entries(options.maxEntries ?? {})) {
      this.#check(`size map ${name} of`, symbols.bpf_map__set_max_entries(this.#map(name), entries));
    }
    for (const [name, map] of Object.entries(options.reuse ?? {})) {
      this.#check(`share map ${name} with`, symbols.bpf_map__reuse_fd(this.#map(name), map.fd));
    }
    for (const [suffix, bytes] of Object.entries(options.constants ?? {})) {
      const map = this.#mapBySuffix(suffix);
      const result = symbols.bpf_map__set_initial_value(map, bytes, BigInt(bytes.byteLength));
      this.#check(`configure`, result);
    }
    for (const [name, type] of Object.entries(options.attachTypes ?? {})) {
      const result = symbols.bpf_program__set_expected_attach_type(this.#program(name), type);
      this.#check(`set the attach type of ${name} in`, result);
    }
    for (const name of options.optional ?? []) {
      this.#check(`load ${name} of`, symbols.bpf_program__set_autoload(this.#program(name), true));
    }
    for (const name of options.sleepable ?? []) {
      const program = this.#program(name);
      this.#check(
        `set the flags of ${name} in`,
        symbols.bpf_program__set_flags(program, symbols.bpf_program__flags(program) | F_SLEEPABLE),
      );
    }
  }

  /** For attaching by system call. */
  programFd(name: string): number {
    return this.#lib.symbols.bpf_program__fd(this.#program(name));
  }

  map(name: string): BpfMap {
    const map = this.#map(name);
    const { symbols } = this.#lib;
    return new BpfMap(this.#lib, {
      name,
      fd: symbols.bpf_map__fd(map),
      maxEntries: symbols.bpf_map__max_entries(map),
    });
  }

  /** Attaches a program to the hook its section names. */
  attach(program: string): Link {
    const link = this.#lib.symbols.bpf_program__attach(this.#program(program));
    if (link === null) throw this.#error(`attach ${program} of`, this.#lastError());
    return new Link(this.#lib, link);
  }

  /** Attaches a program to a function of a file, in every process that maps it. */
  attachUprobe(program: string, target: UprobeTarget): Link {
    const opts = new Uint8Array(UPROBE_OPTS_BYTES);
    const view = new DataView(opts.buffer);
    view.setBigUint64(0, BigInt(UPROBE_OPTS_BYTES), true);
    view.setBigUint64(16, BigInt(target.cookie), true);
    view.setUint8(24, target.onReturn ? 1 : 0);
    const link = this.#lib.symbols.bpf_program__attach_uprobe_opts(
      this.#program(program),
      -1,
      cString(target.path),
      BigInt(target.offset),
      opts,
    );
    if (link === null) throw this.#error(`attach ${program} to ${target.path} with`, this.#lastError());
    return new Link(this.#lib, link);
  }

  /** Runs an iterator program once; `read` gets the descriptor its output comes from, and closes it. */
  readIterator<T>(program: string, read: (fd: number) => T): T {
    const { symbols } = this.#lib;
    const link = symbols.bpf_program__attach_iter(this.#program(program), null);
    if (link === null) throw this.#error(`attach ${program} of`, this.#lastError());
    using _link = new Link(this.#lib, link);
    const fd = symbols.bpf_iter_create(symbols.bpf_link__fd(link));
    this.#check(`run ${program} of`, fd);
    return read(fd);
  }

  /** Failed libbpf calls leave errno, which libbpf hands out for a null pointer. */
  #lastError(): number {
    return Number(this.#lib.symbols.libbpf_get_error(null));
  }

  #map(name: string): Deno.PointerValue {
    const map = this.#lib.symbols.bpf_object__find_map_by_name(this.#object, cString(name));
    if (map === null) throw new Error(`Cannot use BPF object ${this.#name}: it has no map ${name}`);
    return map;
  }

  #mapBySuffix(suffix: string): Deno.PointerValue {
    const { symbols } = this.#lib;
    let map = symbols.bpf_object__next_map(this.#object, null);
    while (map !== null) {
      const name = symbols.bpf_map__name(map);
      if (name !== null && Deno.UnsafePointerView.getCString(name).endsWith(suffix)) return map;
      map = symbols.bpf_object__next_map(this.#object, map);
    }
    throw new Error(`Cannot use BPF object ${this.#name}: it has no section ${suffix}`);
  }

  #program(name: string): Deno.PointerValue {
    const program = this.#lib.symbols.bpf_object__find_program_by_name(this.#object, cString(name));
    if (program === null) throw new Error(`Cannot use BPF object ${this.#name}: it has no program ${name}`);
    return program;
  }

  #check(action: string, result: number): void {
    if (result < 0) throw this.#error(action, result);
  }

  #error(action: string, result: number): Error {
    return new Error(`Cannot ${action} BPF object ${this.#name}: ${errnoText(result)}`);
  }

  [Symbol.dispose](): void {
    if (this.#object === null) return;
    this.#lib.symbols.bpf_object__close(this.#object);
    this.#object = null;
    void this.#image;
  }
}
