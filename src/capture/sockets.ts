/** Who holds which socket of this machine, as the kernel lists it. */
import type { Libbpf } from "../../ffi/libbpf.ts";
import type { Libc } from "../../ffi/libc.ts";
import { BpfObject } from "../../ffi/bpf_object.ts";
import type { Family, Micros, Transport } from "../event.ts";
import { toAddress } from "./address.ts";
import { toMicros } from "./clock.ts";
import { readAll } from "./iterator_output.ts";
import { socketEntry as entry } from "./layout.gen.ts";
import { toName } from "./names.ts";

const families: Readonly<Record<number, Family>> = { 1: "unix", 2: "inet", 10: "inet6" };
const transports: Readonly<Record<number, Transport>> = {
  1: "stream",
  2: "datagram",
  3: "raw",
  5: "seqpacket",
};
export const CONNECTED = 1;
export const LISTENING = 10;

export interface SocketEnd {
  /** IPv4 also where the socket is IPv6 and the address mapped; of unix the path, `@name` when abstract. */
  readonly addr: string;
  readonly port: number;
}

/** A process's hold on a socket. */
export interface HeldSocket {
  readonly pid: number;
  readonly start: Micros;
  readonly comm: string;
  /** The same for everyone who holds this socket. */
  readonly socket: bigint;
  /** Of unix: the other end's; 0 for none, or where it is not known. */
  readonly peer: bigint;
  readonly netns: number;
  readonly transport: Transport;
  readonly state: number;
  readonly unix: boolean;
  readonly local: SocketEnd;
  /** Empty for unix. */
  readonly remote: SocketEnd;
}

/** Lists sockets by a BPF iterator. Throws when this kernel has none. */
export class SocketLister implements Disposable {
  readonly #object: BpfObject;
  readonly #libc: Libc;
  readonly #boot: number;

  constructor(
    { lib, libc }: { readonly lib: Libbpf; readonly libc: Libc },
    { image, boot }: { readonly image: Uint8Array<ArrayBuffer>; readonly boot: number },
  ) {
    this.#object = BpfObject.load(lib, image, { name: "sockets" });
    this.#libc = libc;
    this.#boot = boot;
  }

  list(): HeldSocket[] {
    const bytes = this.#object.readIterator("list_sockets", (fd) => readAll(this.#libc, fd));
    return parseSockets(bytes, this.#boot);
  }

  [Symbol.dispose](): void {
    this.#object[Symbol.dispose]();
  }
}

/** Entries of `bpf/socket_entry.h`, one behind the other. */
export function parseSockets(bytes: Uint8Array, boot: number): HeldSocket[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const list: HeldSocket[] = [];
  for (let at = 0; at + entry.size <= bytes.length;) {
    const path = at + entry.size;
    const end = path + view.getUint32(at + entry.path_size, true);
    const family = families[view.getUint16(at + entry.family, true)];
    const slice = (from: number, size: number) => bytes.subarray(at + from, at + from + size);
    const inet = (address: number, port: number): SocketEnd => ({
      addr: family === "inet" ? toAddress(slice(address, 4)) : unmapped(slice(address, 16)),
      port: view.getUint16(at + port, true),
    });
    const unix = family === "unix";
    if (family !== undefined && end <= bytes.length) {
      list.push({
        pid: view.getUint32(at + entry.pid, true),
        start: toMicros(
          boot,
          view.getUint32(at + entry.start, true),
          view.getUint32(at + entry.start + 4, true),
        ),
        comm: terminated(slice(entry.comm, 16)),
        socket: view.getBigUint64(at + entry.socket, true),
        peer: view.getBigUint64(at + entry.peer, true),
        netns: view.getUint32(at + entry.netns, true),
        transport: transports[view.getUint16(at + entry.type, true)] ?? "other",
        state: view.getUint8(at + entry.state),
        unix,
        local: unix
          ? { addr: unixPath(bytes.subarray(path, end)), port: 0 }
          : inet(entry.local, entry.local_port),
        remote: unix ? { addr: "", port: 0 } : inet(entry.remote, entry.remote_port),
      });
    }
    at = end;
  }
  return list;
}

/** A socket of IPv6 that speaks IPv4 has ::ffff:a.b.c.d. */
function unmapped(bytes: Uint8Array): string {
  const mapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  return toAddress(mapped ? bytes.subarray(12) : bytes);
}

/** An abstract name begins with a zero, and C programs fill it up with more; a path ends at one. */
export function unixPath(bytes: Uint8Array): string {
  if (bytes[0] !== 0) return terminated(bytes);
  return "@" + toName(bytes.subarray(1, 1 + bytes.findLastIndex((byte) => byte !== 0))).text;
}

function terminated(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return toName(end < 0 ? bytes : bytes.subarray(0, end)).text;
}
