/** What the kernel says of loaded BPF programs and maps, and its clock of their run time. */
import { errnoText, type Libbpf } from "./libbpf.ts";
import type { Libc } from "./libc.ts";

const BPF_STATS_RUN_TIME = 0;
/** Enough for what is read here of struct bpf_prog_info and bpf_map_info; the kernel fills no more than it is given. */
const INFO_BYTES = 256;
const NAME_BYTES = 16;
const program = { name: 64, run_time_ns: 192, run_cnt: 200, recursion_misses: 208 };
const map = { type: 0, max_entries: 16, name: 24 };

export interface ProgramInfo {
  /** Cut to 15 characters. */
  readonly name: string;
  /** Since it was loaded, while statistics were on. */
  readonly run_ns: number;
  readonly runs: number;
  /** Calls left out because it ran on this processor already; 0 before kernel 5.12. */
  readonly missed: number;
}

export interface MapInfo {
  readonly name: string;
  /** `enum bpf_map_type`. */
  readonly type: number;
  readonly max_entries: number;
}

/** Has the kernel measure every program, until disposed. Throws when it refuses. */
export function measureRunTime({ lib, libc }: { readonly lib: Libbpf; readonly libc: Libc }): Disposable {
  const fd = lib.symbols.bpf_enable_stats(BPF_STATS_RUN_TIME);
  if (fd < 0) throw new Error(`Cannot have BPF programs measured: ${errnoText(fd)}`);
  return { [Symbol.dispose]: () => void libc.symbols.close(fd) };
}

export class BpfInfo {
  readonly #lib: Libbpf;
  readonly #libc: Libc;
  readonly #info = new Uint8Array(INFO_BYTES);

  constructor({ lib, libc }: { readonly lib: Libbpf; readonly libc: Libc }) {
    this.#lib = lib;
    this.#libc = libc;
  }

  /** Null when it is unloaded. */
  program(id: number): ProgramInfo | null {
    const view = this.#fill(this.#lib.symbols.bpf_prog_get_fd_by_id(id));
    return view && {
      name: nameAt(view, program.name),
      run_ns: Number(view.getBigUint64(program.run_time_ns, true)),
      runs: Number(view.getBigUint64(program.run_cnt, true)),
      missed: Number(view.getBigUint64(program.recursion_misses, true)),
    };
  }

  /** Null when it is gone. */
  map(id: number): MapInfo | null {
    const view = this.#fill(this.#lib.symbols.bpf_map_get_fd_by_id(id));
    return view && {
      name: nameAt(view, map.name),
      type: view.getUint32(map.type, true),
      max_entries: view.getUint32(map.max_entries, true),
    };
  }

  /** Closes the descriptor. */
  #fill(fd: number): DataView | null {
    if (fd < 0) return null;
    this.#info.fill(0);
    const length = new Uint8Array(Uint32Array.of(INFO_BYTES).buffer);
    const result = this.#lib.symbols.bpf_obj_get_info_by_fd(fd, this.#info, length);
    this.#libc.symbols.close(fd);
    return result < 0 ? null : new DataView(this.#info.buffer);
  }
}

function nameAt(view: DataView, at: number): string {
  const bytes = new Uint8Array(view.buffer, at, NAME_BYTES);
  return new TextDecoder().decode(bytes.subarray(0, Math.max(0, bytes.indexOf(0))));
}
