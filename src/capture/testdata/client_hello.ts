/** TLS ClientHellos, for tests. */
import { concat } from "../../bytes.ts";
import { utf8 } from "./record_builder.ts";

const be16 = (value: number) => Uint8Array.of(value >> 8, value & 255);

export function extension(type: number, data: Uint8Array): Uint8Array {
  return concat([be16(type), be16(data.length), data]);
}

export function serverNames(host: string, kind = 0): Uint8Array {
  const name = utf8(host);
  return extension(0, concat([be16(name.length + 3), Uint8Array.of(kind), be16(name.length), name]));
}

/** In one record, with a session of 32 bytes and two cipher suites. */
export function clientHello(...extensions: Uint8Array[]): Uint8Array {
  const all = concat(extensions);
  const body = concat([
    ...[Uint8Array.of(3, 3), new Uint8Array(32), Uint8Array.of(32), new Uint8Array(32)],
    ...[be16(4), Uint8Array.of(0x13, 1, 0x13, 2), Uint8Array.of(1, 0), be16(all.length), all],
  ]);
  return concat([
    ...[Uint8Array.of(0x16, 3, 1), be16(body.length + 4)],
    ...[Uint8Array.of(1, 0), be16(body.length), body],
  ]);
}
