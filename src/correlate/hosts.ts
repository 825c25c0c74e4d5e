/** correlate: what the addresses of a process tree are called, by what its processes were told and what they said. */
import type { Draft, HostNamed, SessionId } from "../event.ts";

const MAX_SESSIONS = 1024;
const MAX_ADDRESSES = 4096;
const MAX_TUNNELS = 256;
const MAX_SAID = 16_384;
const ADDRESS = /^(?:[\d.]+|\[?[0-9a-f:.]*:[0-9a-f:.]*\]?)$/i;
const MAPPED = "::ffff:";

type Named = Draft<HostNamed>;
type Exchange = Draft & { readonly kind: "http.exchange" };

/** Of one tree. */
class Names {
  readonly #byAddress = new Map<string, string>();
  /** Ends (address and port) that lead on to others, which have the names that are said there. */
  readonly #tunnels = new Set<string>();

  of(addr: string): string | undefined {
    return this.#byAddress.get(unmapped(addr));
  }

  learn(addr: string, host: string): void {
    const address = unmapped(addr);
    // A name that is told again is the newest.
    this.#byAddress.delete(address);
    this.#byAddress.set(address, host.toLowerCase());
    if (this.#byAddress.size > MAX_ADDRESSES) this.#byAddress.delete(this.#byAddress.keys().next().value!);
  }

  tunnels(addr: string, port: number): boolean {
    return this.#tunnels.has(`${addr} ${port}`);
  }

  addTunnel(addr: string, port: number): void {
    if (this.#tunnels.size >= MAX_TUNNELS) this.#tunnels.delete(this.#tunnels.keys().next().value!);
    this.#tunnels.add(`${addr} ${port}`);
  }
}

export class Hosts {
  readonly #trees = new Map<SessionId, Names>();
  readonly #said = new Set<string>();

  /** The event with the host its address is known by; and, of an exchange, what it calls its peer. */
  name(draft: Draft, session: SessionId | null): readonly Draft[] {
    if (session === null) return [draft];
    switch (draft.kind) {
      case "dns.answer": {
        const names = draft.addresses.length > 0 ? this.#of(session) : null;
        for (const address of draft.addresses) names?.learn(address, draft.name);
        return [draft];
      }
      case "net.host":
        return this.#tell(draft, session);
      case "net.connect":
      case "net.send":
      case "net.close": {
        const host = this.#trees.get(session)?.of(draft.addr);
        return [host === undefined ? draft : { ...draft, host }];
      }
      case "http.exchange":
        return [draft, ...this.#called(draft, session)];
      default:
        return [draft];
    }
  }

  /** Once for each process, end and name. */
  #tell(draft: Named, session: SessionId): readonly Draft[] {
    const names = this.#of(session);
    if (draft.tunnelled) names.addTunnel(draft.addr, draft.port);
    else names.learn(draft.addr, draft.host);
    const { pid, start, addr, port, host, source } = draft;
    const key = `${pid} ${start} ${addr} ${port} ${host} ${source}`;
    if (this.#said.has(key)) return [];
    if (this.#said.size >= MAX_SAID) this.#said.clear();
    this.#said.add(key);
    return [draft];
  }

  /** The host of a request, where the process at the other end is known by its address. */
  #called({ role, peer, url, method, ...draft }: Exchange, session: SessionId): readonly Draft[] {
    // A peer by the thread alone is a guess.
    if (role !== "client" || !peer || peer.port === 0 || peer.confidence === "likely") return [];
    const { addr, port } = peer;
    if (method === "CONNECT") {
      this.#of(session).addTunnel(addr, port);
      return [];
    }
    const host = hostOf(url);
    if (host === null || ADDRESS.test(host)) return [];
    const { ts, pid, tid, start, comm } = draft;
    const family = addr.includes(":") ? "inet6" : "inet";
    const named: Named = {
      ...{ kind: "net.host", ts, pid, tid, start, comm, family, addr, port, host, source: "http" },
      ...(this.#trees.get(session)?.tunnels(addr, port) ? { tunnelled: true } : {}),
    };
    return this.#tell(named, session);
  }

  #of(session: SessionId): Names {
    const known = this.#trees.get(session);
    if (known) return known;
    if (this.#trees.size >= MAX_SESSIONS) this.#trees.delete(this.#trees.keys().next().value!);
    const names = new Names();
    this.#trees.set(session, names);
    return names;
  }
}

/** A socket of IPv6 has addresses of IPv4 in a form of its own. */
function unmapped(addr: string): string {
  return addr.startsWith(MAPPED) ? addr.slice(MAPPED.length) : addr;
}

function hostOf(url: string): string | null {
  try {
    return new URL(url).hostname || null;
  } catch {
    return null;
  }
}
