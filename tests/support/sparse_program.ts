/** A program whose code is nearly all hole: as long as one likes, in no time and on no disk. */

const HEADER_BYTES = 64 + 2 * 56;
const PAGE = 4096;
const STRINGS_AT = 0x40_0000;
const CODE_AT = 0x1000_0000;
/** `mov edi, 0; mov eax, 60; syscall`: it exits with 0. */
const exit = Uint8Array.of(0xbf, 0, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05);

/** An x86-64 program with `codeBytes` of code that names every one of `strings` once, and then ends. */
export function writeSparseProgram(
  path: string,
  { codeBytes, strings }: { readonly codeBytes: number; readonly strings: readonly string[] },
): void {
  const head = new Uint8Array(PAGE);
  const view = new DataView(head.buffer);
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true); // ET_EXEC
  view.setUint16(18, 62, true); // x86-64
  view.setUint32(20, 1, true);
  view.setBigUint64(24, BigInt(CODE_AT), true);
  view.setBigUint64(32, 64n, true);
  for (const [at, value] of [[52, 64], [54, 56], [56, 2]] as const) view.setUint16(at, value, true);
  const code: number[] = [];
  let at = HEADER_BYTES;
  for (const text of strings) {
    // `mov ecx, address`
    code.push(0xb9, ...new Uint8Array(Uint32Array.of(STRINGS_AT + at + 1).buffer));
    at += 1 + new TextEncoder().encodeInto(text, head.subarray(at + 1)).written + 1;
  }
  segment(view, 64, { flags: 4, offset: 0, address: STRINGS_AT, size: PAGE });
  segment(view, 120, { flags: 5, offset: PAGE, address: CODE_AT, size: codeBytes });
  using file = Deno.openSync(path, { write: true, create: true, truncate: true, mode: 0o755 });
  file.writeSync(head);
  file.writeSync(Uint8Array.from([...code, ...exit]));
  file.truncateSync(PAGE + codeBytes);
}

function segment(
  view: DataView,
  at: number,
  { flags, offset, address, size }: {
    readonly flags: number;
    readonly offset: number;
    readonly address: number;
    readonly size: number;
  },
): void {
  view.setUint32(at, 1, true);
  view.setUint32(at + 4, flags, true);
  const fields = [[8, offset], [16, address], [24, address], [32, size], [40, size], [48, PAGE]] as const;
  for (const [field, value] of fields) view.setBigUint64(at + field, BigInt(value), true);
}
