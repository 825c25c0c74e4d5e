/** decode: the payload ring → records of connections, in order. */
import type { Peer } from "../event.ts";
import type { Speech, StreamRecord, Transport } from "../protocol/stream_record.ts";
import { Actors } from "./actors.ts";
import { toAddress } from "./address.ts";
import { forEachRecord, viewOf } from "./batch.ts";
import { toMicros } from "./clock.ts";
import * as layout from "./layout.gen.ts";
import {
  PlainProtocol,
  PlainTransport,
  RecordFlag,
  RecordType,
  TlsBond,
  TlsDirection,
} from "./layout.gen.ts";

const AF_INET = 2;

const confidences: Readonly<Record<number, Peer["confidence"]>> = {
  [TlsBond.THREAD]: "likely",
  [TlsBond.LENGTH]: "strong",
  [TlsBond.NESTED]: "certain",
};

const transports: Readonly<Record<number, Transport>> = {
  [PlainTransport.TCP]: "tcp",
  [PlainTransport.UNIX]: "unix",
  [PlainTransport.PIPE]: "pipe",
};

const speeches: Readonly<Record<number, Speech>> = {
  [PlainProtocol.HTTP]: "http",
  [PlainProtocol.JSON_RPC]: "json-rpc",
};

export class PayloadDecoder {
  readonly #boot: number;
  readonly #actors: Actors;
  #malformed = 0;

  constructor(boot: number) {
    this.#boot = boot;
    this.#actors = new Actors(boot);
  }

  /** Records that were not what their header said, since the last call. */
  takeMalformed(): number {
    const count = this.#malformed;
    this.#malformed = 0;
    return count;
  }

  /** Appends the records of one batch. Data is not copied: it points into `batch`. */
  decode(batch: Uint8Array, records: StreamRecord[]): void {
    const view = viewOf(batch);
    const malformed = forEachRecord(view, (at, type, size) => {
      const u32 = (field: number) => view.getUint32(at + field, true);
      const u64 = (field: number) => u32(field) + u32(field + 4) * 4294967296;
      const ts = toMicros(this.#boot, u32(layout.header.ts), u32(layout.header.ts + 4));
      const actor = this.#actors.of(view, at);
      switch (type) {
        case RecordType.TLS_DATA: {
          const from = at + layout.tlsData.size;
          const length = Math.min(u32(layout.tlsData.length), size - layout.tlsData.size);
          const received = (view.getUint16(at + layout.header.flags, true) & RecordFlag.RECEIVED) !== 0;
          const order = u64(layout.tlsData.order);
          records.push({
            type: "data",
            conn: u64(layout.tlsData.conn),
            dir: received ? "recv" : "send",
            ...(order !== 0 && (received ? { after: order } : { left: order })),
            pos: u64(layout.tlsData.pos),
            call: u32(layout.tlsData.call),
            bytes: batch.subarray(from, from + length),
            ts,
            actor,
          });
          break;
        }
        case RecordType.TLS_OPEN: {
          const flags = view.getUint16(at + layout.header.flags, true);
          const fromStart = (flags & RecordFlag.FROM_START) !== 0;
          const library = u64(layout.tlsOpen.library);
          records.push({
            type: "open",
            conn: u64(layout.tlsOpen.conn),
            fromStart,
            ...((flags & RecordFlag.HALF) !== 0 && { half: true as const }),
            library,
            ts,
            actor,
          });
          break;
        }
        case RecordType.PLAIN_OPEN: {
          const { plainOpen } = layout;
          const conn = u64(plainOpen.conn);
          const transport = transports[u32(plainOpen.transport)];
          const speaks = speeches[u32(plainOpen.protocol)];
          if (!transport || !speaks) {
            this.#malformed++;
            break;
          }
          const fromStart = (view.getUint16(at + layout.header.flags, true) & RecordFlag.FROM_START) !== 0;
          records.push({ type: "open", conn, fromStart, transport, speaks, ts, actor });
          if (transport === "pipe") break;
          records.push({
            type: "bind",
            conn,
            dir: "send",
            socket: u64(plainOpen.socket),
            localPort: view.getUint16(at + plainOpen.local_port, true),
            peer: transport === "tcp" ? tcpPeer(batch, at) : unixPeer(batch.subarray(at, at + size)),
            ts,
            actor,
          });
          break;
        }
        case RecordType.PLAIN_PARTNER: {
          const reads = u32(layout.plainPartner.direction) === TlsDirection.RECV;
          records.push({
            type: reads ? "reader" : "writer",
            conn: u64(layout.plainPartner.conn),
            ts,
            actor,
          });
          break;
        }
        case RecordType.TLS_BIND: {
          const { tlsBind } = layout;
          const family = view.getUint16(at + tlsBind.family, true);
          const addr = batch.subarray(at + tlsBind.addr, at + tlsBind.addr + 16);
          records.push({
            type: "bind",
            conn: u64(tlsBind.conn),
            dir: u32(tlsBind.direction) === TlsDirection.SEND ? "send" : "recv",
            socket: u64(tlsBind.socket),
            localPort: view.getUint16(at + tlsBind.local_port, true),
            peer: {
              addr: toAddress(family === AF_INET ? addr.subarray(0, 4) : addr),
              port: view.getUint16(at + tlsBind.port, true),
              confidence: confidences[u32(tlsBind.bond)] ?? "likely",
            },
            ts,
            actor,
          });
          break;
        }
        case RecordType.TLS_CLOSE:
          records.push({ type: "close", conn: u64(layout.tlsClose.conn), ts, actor });
          break;
        case RecordType.EXIT:
          records.push({ type: "exit", pid: actor.pid, start: actor.start, ts });
          break;
        case RecordType.TLS_HANDSHAKE:
          break;
        default:
          this.#malformed++;
      }
    });
    this.#malformed += malformed;
  }
}

/** Of the `plain_open_record` at `at`. */
function tcpPeer(batch: Uint8Array, at: number): Peer {
  const { plainOpen } = layout;
  const view = viewOf(batch);
  const family = view.getUint16(at + plainOpen.family, true);
  const addr = batch.subarray(at + plainOpen.addr, at + plainOpen.addr + (family === AF_INET ? 4 : 16));
  const port = view.getUint16(at + plainOpen.port, true);
  return { addr: toAddress(addr), port, confidence: "certain" };
}

function unixPeer(record: Uint8Array): Peer {
  const { plainOpen } = layout;
  const length = viewOf(record).getUint16(plainOpen.path_size, true);
  const path = record.subarray(plainOpen.size, plainOpen.size + length);
  return { addr: new TextDecoder().decode(path), port: 0, confidence: "certain" };
}
