/** The sockets of one moment, and who is at the other end of one. */
import { CONNECTED, type HeldSocket, LISTENING, type SocketEnd } from "./sockets.ts";
import type { Connected } from "./messages.ts";

type Kind = Pick<HeldSocket, "unix" | "transport">;

export class SocketTable {
  readonly #all: readonly HeldSocket[];
  readonly #byLocal = new Map<string, HeldSocket[]>();
  readonly #bySocket = new Map<bigint, HeldSocket[]>();

  constructor(all: readonly HeldSocket[]) {
    this.#all = all;
    for (const held of all) {
      push(this.#bySocket, held.socket, held);
      push(this.#byLocal, endKey(held, held.local), held);
    }
  }

  has(socket: bigint): boolean {
    return this.#bySocket.has(socket);
  }

  /** The sockets by which a process may have made a connection. */
  madeBy({ pid, start, reached: addr, port, family, transport }: Connected): HeldSocket[] {
    return this.#all.filter((held) =>
      held.pid === pid && held.start === start && held.unix === (family === "unix") &&
      (transport === undefined || held.transport === transport) && held.state === CONNECTED &&
      (held.unix ? this.#leadsTo(held, addr) : held.remote.addr === addr && held.remote.port === port)
    );
  }

  /** Who holds the other end; several share it when a process with it forked. */
  otherEnd(own: HeldSocket): HeldSocket[] {
    if (own.unix) return own.peer === 0n ? [] : this.#bySocket.get(own.peer) ?? [];
    const there = this.#byLocal.get(endKey(own, own.remote)) ?? [];
    return there.filter(({ remote }) => remote.addr === own.local.addr && remote.port === own.local.port);
  }

  /**
   * Who takes connections, or datagrams, for an address. Null when several sockets share it: any may have.
   *
   * @param netns null when it is not known: then the address must be taken in one network only
   */
  taker(
    { reached, port, family, transport = "stream" }: Connected,
    netns: number | null,
  ): HeldSocket[] | null {
    const unix = family === "unix";
    const takes = (held: HeldSocket) =>
      held.unix === unix && held.transport === transport &&
      (transport === "datagram" ? held.state !== CONNECTED : held.state === LISTENING);
    for (const addr of unix ? [reached] : [reached, "0.0.0.0", "::"]) {
      const found = this.#at({ addr, port }, { netns, unix, transport }).filter(takes);
      if (found.length === 0) continue;
      return found.every(({ socket }) => socket === found[0]!.socket) ? found : null;
    }
    return [];
  }

  #at(end: SocketEnd, { netns, ...kind }: Kind & { readonly netns: number | null }): readonly HeldSocket[] {
    if (netns !== null) return this.#byLocal.get(endKey({ netns, ...kind }, end)) ?? [];
    return this.#all.filter(({ local }) => local.addr === end.addr && local.port === end.port);
  }

  /** A client has no name of its own; what it is connected to has the name of who listened. */
  #leadsTo(held: HeldSocket, path: string): boolean {
    const peers = this.#bySocket.get(held.peer);
    return peers !== undefined && peers[0]!.local.addr === path;
  }
}

/** Unix names are paths: a process in another network namespace can reach them. */
function endKey(
  { netns, unix, transport }: Kind & { readonly netns: number },
  { addr, port }: SocketEnd,
): string {
  return unix ? `unix ${transport} ${addr}` : `${netns} ${transport} ${addr} ${port}`;
}

function push<K>(map: Map<K, HeldSocket[]>, key: K, held: HeldSocket): void {
  const list = map.get(key);
  if (list) list.push(held);
  else map.set(key, [held]);
}
