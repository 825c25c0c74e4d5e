/** What this kernel's BPF knows, asked by loading programs of some instructions. All need root. */
import { hasIterator } from "./bpf_object.ts";
import { cString, type Libbpf } from "./libbpf.ts";
import type { Libc } from "./libc.ts";
import { attachUprobes, BPF_TRACE_UPROBE_MULTI } from "./uprobe_multi.ts";

const PROG_TYPE_KPROBE = 2;
const MAP_TYPE_RINGBUF = 27;
const F_SLEEPABLE = 1 << 4;
const HELPER_GET_ATTACH_COOKIE = 174;
const HELPER_LOOP = 181;
const EACCES = -13;
const PAGE_BYTES = 4096;
const LOAD_OPTS_BYTES = 24;

/** struct bpf_insn: code, registers (destination low), offset, immediate. */
type Instruction = readonly [code: number, registers: number, offset: number, immediate: number];

const RETURN_ZERO: readonly Instruction[] = [[0xb7, 0, 0, 0], [0x95, 0, 0, 0]];
const call = (helper: number): Instruction => [0x85, 0, 0, helper];

interface LoadAs {
  readonly flags?: number;
  readonly attachType?: number;
}

/** A descriptor, or a negative errno. */
function load(
  lib: Libbpf,
  instructions: readonly Instruction[],
  { flags = 0, attachType = 0 }: LoadAs = {},
): number {
  const code = new DataView(new ArrayBuffer(8 * instructions.length));
  instructions.forEach(([operation, registers, offset, immediate], i) => {
    code.setUint8(8 * i, operation);
    code.setUint8(8 * i + 1, registers);
    code.setInt16(8 * i + 2, offset, true);
    code.setInt32(8 * i + 4, immediate, true);
  });
  const opts = new DataView(new ArrayBuffer(LOAD_OPTS_BYTES));
  opts.setBigUint64(0, BigInt(LOAD_OPTS_BYTES), true);
  opts.setUint32(12, attachType, true);
  opts.setUint32(20, flags, true);
  return lib.symbols.bpf_prog_load(
    PROG_TYPE_KPROBE,
    cString("probe"),
    cString("GPL"),
    new Uint8Array(code.buffer),
    BigInt(instructions.length),
    new Uint8Array(opts.buffer),
  );
}

/** Closes what was opened. */
function works(libc: Libc, fd: number): boolean {
  if (fd >= 0) libc.symbols.close(fd);
  return fd >= 0;
}

export function hasRingBuffer(lib: Libbpf, libc: Libc): boolean {
  return works(libc, lib.symbols.bpf_map_create(MAP_TYPE_RINGBUF, cString("probe"), 0, 0, PAGE_BYTES, null));
}

/** Atomic operations that answer the old value: *(u64 *)(r10 - 8) += r1, fetched. */
export function hasAtomics(lib: Libbpf, libc: Libc): boolean {
  const zero: Instruction = [0xb7, 1, 0, 0];
  const store: Instruction = [0x7b, 0x1a, -8, 0];
  const fetchAdd: Instruction = [0xdb, 0x1a, -8, 1];
  return works(libc, load(lib, [zero, store, fetchAdd, ...RETURN_ZERO]));
}

export function hasAttachCookies(lib: Libbpf, libc: Libc): boolean {
  return works(libc, load(lib, [call(HELPER_GET_ATTACH_COOKIE), ...RETURN_ZERO]));
}

/** Without its arguments it is refused for them where it is known, and for itself where it is not. */
export function hasLoops(lib: Libbpf): boolean {
  return load(lib, [call(HELPER_LOOP), ...RETURN_ZERO]) === EACCES;
}

export function hasSleepableUprobes(lib: Libbpf, libc: Libc): boolean {
  return works(libc, load(lib, RETURN_ZERO, { flags: F_SLEEPABLE }));
}

/** Tried on a file that nobody runs. */
export function hasUprobeMulti(lib: Libbpf, libc: Libc): boolean {
  const programFd = load(lib, RETURN_ZERO, { attachType: BPF_TRACE_UPROBE_MULTI });
  if (programFd < 0) return false;
  const path = Deno.makeTempFileSync({ prefix: "agentsight-probe-" });
  try {
    Deno.writeFileSync(path, new Uint8Array(PAGE_BYTES).fill(0x90));
    return works(libc, attachUprobes(libc, { programFd, path, offsets: [0], cookies: [0], onReturn: false }));
  } catch {
    return false;
  } finally {
    libc.symbols.close(programFd);
    Deno.removeSync(path);
  }
}

export function hasTaskIterator(lib: Libbpf): boolean {
  return hasIterator(lib, "task");
}

export function hasTaskFileIterator(lib: Libbpf): boolean {
  return hasIterator(lib, "task_file");
}
