/** The host that a TLS client asks for, from the beginning of its ClientHello (RFC 8446, RFC 6066). */

const HANDSHAKE = 0x16;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const HOST_NAME = 0;
const MAX_EXTENSIONS = 64;
/** Letters, digits, hyphens, underscores and dots: what a host can be called. */
const HOST = /^[\w.-]{1,253}$/;

/** Null when there is none, or not in these bytes. Never throws. */
export function serverName(record: Uint8Array): string | null {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const u8 = (at: number) => at < view.byteLength ? view.getUint8(at) : 0;
  const u16 = (at: number) => at + 1 < view.byteLength ? view.getUint16(at) : 0;
  if (u8(0) !== HANDSHAKE || u8(5) !== CLIENT_HELLO) return null;
  // Record header, handshake header, version and random.
  let at = 5 + 4 + 2 + 32;
  at += 1 + u8(at); // session
  at += 2 + u16(at); // cipher suites
  at += 1 + u8(at); // compression
  at += 2; // length of the extensions
  for (let i = 0; i < MAX_EXTENSIONS && at + 4 <= view.byteLength; i++) {
    const [type, length] = [u16(at), u16(at + 2)];
    at += 4;
    if (type === SERVER_NAME) {
      // The length of a list, and of it the first entry.
      const size = u16(at + 3);
      if (u8(at + 2) !== HOST_NAME || at + 5 + size > view.byteLength) return null;
      const host = new TextDecoder("latin1").decode(record.subarray(at + 5, at + 5 + size));
      return HOST.test(host) ? host.toLowerCase() : null;
    }
    at += length;
  }
  return null;
}
