/** When a file last changed, as exactly as the kernel knows it: Deno tells milliseconds. */
import { cString } from "../../ffi/libbpf.ts";
import type { Libc } from "../../ffi/libc.ts";

const AT_FDCWD = -100;
const STATX_CTIME = 0x80;
/** struct statx of linux/stat.h. */
const STATX_BYTES = 256;
const CTIME_AT = 96;

/** ns since 1970; null for a file that is gone. */
export function lastChange(libc: Libc, path: string): bigint | null {
  const stat = new Uint8Array(STATX_BYTES);
  if (libc.symbols.statx(AT_FDCWD, cString(path), 0, STATX_CTIME, stat) < 0) return null;
  const view = new DataView(stat.buffer);
  return view.getBigInt64(CTIME_AT, true) * 1_000_000_000n + BigInt(view.getUint32(CTIME_AT + 8, true));
}
