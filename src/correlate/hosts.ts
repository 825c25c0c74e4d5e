/** correlate: what the addresses of a process tree are called, by what its processes were told and what they said. */
import type { Draft, HostNamed, SessionId } from "../event.ts";

const MAX_SESSIONS = 1024;
const MAX_ADDRESSES = 4096;
const MAX_SAID = 16_384;
const ADDRESS = /^(?:[\d.]+|\[?[0-9a-f:.]+\]?)$/i;

type Named = Draft<HostNamed>;

export class Hosts {
  /** By address, for each tree. */
  readonly #names = new Map<SessionId, Map<string, string>>();
  readonly #said = new Set<string>();

  /** The event with the host its address is known by; and, of an exchange, what it calls its peer. */
  name(draft: Draft, session: SessionId | null): readonly Draft[] {
    if (session === null) return [draft];
    switch (draft.kind) {
      case "dns.answer":
        for (const address of draft.addresses) this.#learn(session, address, draft.name);
        return [draft];
      case "net.host":
        return this.#tell(session, draft);
      case "net.connect":
      case "net.send":
      case "net.close": {
        const host = this.#names.get(session)?.get(draft.addr);
        return [host === undefined ? draft : { ...draft, host }];
      }
      case "http.exchange": {
        const named = called(draft);
        return named ? [draft, ...this.#tell(session, named)] : [draft];
      }
      default:
        return [draft];
    }
  }

  /** Once for each process, address and name. */
  #tell(session: SessionId, draft: Named): readonly Draft[] {
    this.#learn(session, draft.addr, draft.host);
    const key = `${draft.pid} ${draft.start} ${draft.addr} ${draft.host} ${draft.source}`;
    if (this.#said.has(key)) return [];
    if (this.#said.size >= MAX_SAID) this.#said.clear();
    this.#said.add(key);
    return [draft];
  }

  #learn(session: SessionId, address: string, host: string): void {
    let names = this.#names.get(session);
    if (!names) {
      if (this.#names.size >= MAX_SESSIONS) this.#names.delete(this.#names.keys().next().value!);
      this.#names.set(session, names = new Map());
    }
    names.delete(address);
    names.set(address, host);
    if (names.size > MAX_ADDRESSES) names.delete(names.keys().next().value!);
  }
}

/** The host of a request, where the process at the other end is known by its address. */
function called({ role, peer, url, ...draft }: Draft & { kind: "http.exchange" }): Named | null {
  if (role !== "client" || !peer || peer.port === 0) return null;
  const host = hostOf(url);
  if (host === null || ADDRESS.test(host)) return null;
  const { ts, pid, tid, start, comm } = draft;
  const family = peer.addr.includes(":") ? "inet6" : "inet";
  const { addr, port } = peer;
  return { kind: "net.host", ts, pid, tid, start, comm, family, addr, port, host, source: "http" };
}

function hostOf(url: string): string | null {
  try {
    return new URL(url).hostname || null;
  } catch {
    return null;
  }
}
