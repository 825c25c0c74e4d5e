/** Records as the kernel would write them, for tests. */
import { concat } from "../../bytes.ts";
import { header } from "../layout.gen.ts";

type Values = Readonly<Record<string, number | bigint | Uint8Array>>;
type Layout = Readonly<Record<string, number>>;

export interface RecordHead {
  readonly type: number;
  readonly pid?: number;
  readonly tid?: number;
  readonly start?: bigint;
  readonly ts?: bigint;
  readonly flags?: number;
  readonly comm?: string;
}

/** One record in its ring frame: header fields, fixed fields by their offsets (u32 or u64), then the variable parts. */
export function buildRecord(
  head: RecordHead,
  body: {
    readonly layout: Layout & { size: number };
    readonly values?: Values;
    readonly tail?: readonly Uint8Array[];
  },
): Uint8Array<ArrayBuffer> {
  const tail = concat(body.tail ?? []);
  const size = body.layout.size + tail.length;
  const record = new Uint8Array(8 + ((size + 7) & ~7));
  const view = new DataView(record.buffer);
  view.setUint32(0, size, true);
  view.setBigUint64(8 + header.ts, head.ts ?? 2_000_000n, true);
  view.setBigUint64(8 + header.start, head.start ?? 1_000_000n, true);
  view.setUint32(8 + header.pid, head.pid ?? 10, true);
  view.setUint32(8 + header.tid, head.tid ?? head.pid ?? 10, true);
  view.setUint32(8 + header.recordSize, size, true);
  view.setUint16(8 + header.type, head.type, true);
  view.setUint16(8 + header.flags, head.flags ?? 0, true);
  record.set(utf8(head.comm ?? "agent"), 8 + header.comm);
  for (const [name, value] of Object.entries(body.values ?? {})) {
    const field = body.layout[name];
    if (field === undefined) throw new Error(`A record of this type has no field ${name}`);
    const at = 8 + field;
    if (typeof value === "bigint") view.setBigUint64(at, value, true);
    else if (typeof value === "number") view.setInt32(at, value, true);
    else record.set(value, at);
  }
  record.set(tail, 8 + body.layout.size);
  return record;
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
