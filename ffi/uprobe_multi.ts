/**
 * Many uprobes in one link (BPF_LINK_CREATE with uprobe_multi, kernel 6.6): attached by one system call and detached
 * with one wait for the kernel's readers, where single uprobes wait once each. libbpf offers it from 1.3; older ones
 * are in use, so the call is made directly.
 */
import { cString } from "./libbpf.ts";
import type { Libc } from "./libc.ts";

export const BPF_TRACE_UPROBE_MULTI = 48;

const BPF_LINK_CREATE = 28n;
const ATTR_BYTES = 64;
const F_RETURN = 1;
const bpfCall: Readonly<Record<string, bigint>> = { x86_64: 321n, aarch64: 280n };

export interface UprobeSet {
  readonly programFd: number;
  /** A path the kernel can open. */
  readonly path: string;
  readonly offsets: readonly number[];
  /** What bpf_get_attach_cookie answers at each offset. */
  readonly cookies: readonly number[];
  readonly onReturn: boolean;
}

/**
 * Attaches a program to several functions of a file, in every process that maps it; the descriptor's closing detaches
 * it, and waits for who runs the program. Throws when the kernel refuses.
 */
export function attachUprobes(libc: Libc, set: UprobeSet): number {
  const path = cString(set.path);
  const offsets = BigUint64Array.from(set.offsets, BigInt);
  const cookies = BigUint64Array.from(set.cookies, BigInt);
  const attr = new Uint8Array(ATTR_BYTES);
  const view = new DataView(attr.buffer);
  const address = (bytes: BufferSource) => BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)));
  view.setUint32(0, set.programFd, true);
  view.setUint32(8, BPF_TRACE_UPROBE_MULTI, true);
  view.setBigUint64(16, address(path), true);
  view.setBigUint64(24, address(offsets), true);
  view.setBigUint64(40, address(cookies), true);
  view.setUint32(48, offsets.length, true);
  view.setUint32(52, set.onReturn ? F_RETURN : 0, true);
  const fd = Number(
    libc.symbols.syscall(bpfCall[Deno.build.arch] ?? -1n, BPF_LINK_CREATE, attr, BigInt(ATTR_BYTES)),
  );
  if (fd < 0) {
    throw new Error(`Cannot attach to ${set.path}: the kernel refused ${offsets.length} uprobes in one link`);
  }
  return fd;
}
