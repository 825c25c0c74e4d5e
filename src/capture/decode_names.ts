/** Records of what was said about names → drafts: DNS, and the beginning of TLS. */
import type { Draft } from "../event.ts";
import type { RecordHead } from "./decode_file.ts";
import { inetEndpoint } from "./decode_network.ts";
import { parseDns } from "./dns.ts";
import * as layout from "./layout.gen.ts";
import { NetContent, RecordFlag, TlsDirection } from "./layout.gen.ts";
import type { RecordReader } from "./record_reader.ts";
import { serverName } from "./sni.ts";

const field = layout.netData;

export class NameFacts {
  #unread = 0;

  /** Null when no name is told. */
  told(r: RecordReader, head: RecordHead): Draft | null {
    const endpoint = inetEndpoint(r, {
      number: r.u16(field.family),
      port: r.u16(field.port),
      addr: field.addr,
    });
    r.seek(field.size);
    const bytes = r.take(r.u32(field.length));
    if (!endpoint) return null;
    const content = r.u32(field.content);
    if (content !== NetContent.HELLO) return this.#message(r, { head, bytes, server: endpoint.addr });
    const host = serverName(bytes);
    if (host === undefined) this.#unread++;
    if (typeof host !== "string") return null;
    const tunnelled = r.flag(RecordFlag.FROM_START) ? {} : { tunnelled: true };
    return { ...head, kind: "net.host", ...endpoint, host, source: "sni", ...tunnelled };
  }

  /** What tells of names and could not be read, or not to its end, since the last call. */
  takeUnread(): number {
    const count = this.#unread;
    this.#unread = 0;
    return count;
  }

  #message(
    r: RecordReader,
    { head, bytes, server }: {
      readonly head: RecordHead;
      readonly bytes: Uint8Array;
      readonly server: string;
    },
  ): Draft | null {
    const stream = r.u32(field.content) === NetContent.DNS_STREAM;
    const message = parseDns(bytes, { stream, whole: r.u32(field.whole) });
    if (message === "unreadable" || (message && !message.complete)) this.#unread++;
    if (message === null || message === "unreadable") return null;
    const { name, type, answers, code, addresses, aliases } = message;
    // Who answers on this port is asked through it: a question that comes from there is none.
    if (answers !== (r.u32(field.direction) === TlsDirection.RECV)) return null;
    return answers
      ? { ...head, kind: "dns.answer", name, type, server, code, addresses, aliases }
      : { ...head, kind: "dns.query", name, type, server };
  }
}
