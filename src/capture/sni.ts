/** The host that a TLS client asks for, from the beginning of its ClientHello (RFC 8446, RFC 6066). */

const HANDSHAKE = 0x16;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const HOST_NAME = 0;
/** Letters, digits, hyphens, underscores and dots: what a host can be called. */
const HOST = /^[\w.-]{1,253}$/;
const NUMBERS = /^[\d.]+$/;

/** Null when it asks for none, undefined when these bytes end before that is certain. Never throws. */
export function serverName(record: Uint8Array): string | null | undefined {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const u8 = (at: number) => at < view.byteLength ? view.getUint8(at) : 0;
  const u16 = (at: number) => at + 1 < view.byteLength ? view.getUint16(at) : 0;
  if (u8(0) !== HANDSHAKE || u8(5) !== CLIENT_HELLO) return null;
  // Record header, handshake header, version and random.
  let at = 5 + 4 + 2 + 32;
  at += 1 + u8(at); // session
  at += 2 + u16(at); // cipher suites
  at += 1 + u8(at); // compression
  const end = at + 2 + u16(at); // extensions
  at += 2;
  if (at > view.byteLength) return undefined;
  while (at + 4 <= Math.min(end, view.byteLength)) {
    const [type, length] = [u16(at), u16(at + 2)];
    at += 4;
    if (type === SERVER_NAME) return hostName(record.subarray(at, at + length), length);
    at += length;
  }
  return end > view.byteLength ? undefined : null;
}

/** A list's length, then of its first entry the kind, the length and the name. */
function hostName(list: Uint8Array, length: number): string | null | undefined {
  if (list.length < length) return undefined;
  if (length < 5 || list[2] !== HOST_NAME) return null;
  const name = list.subarray(5, 5 + (list[3]! << 8 | list[4]!));
  const host = new TextDecoder("latin1").decode(name);
  return HOST.test(host) && !NUMBERS.test(host) ? host.toLowerCase() : null;
}
