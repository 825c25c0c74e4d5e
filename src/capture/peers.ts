/** Which process is at the other end of a connection within this machine. */
import type { Draft, Micros, NetPeered } from "../event.ts";
import type { Connected, Loss } from "./messages.ts";
import { readLink } from "./processes.ts";
import { SocketTable } from "./socket_table.ts";
import type { HeldSocket } from "./sockets.ts";

/** A listing takes 0.1 ms for 600 descriptors; those of a big machine take longer and are made less often. */
const LEAST_PAUSE_MS = 25;
const SHARE = 50;
/** What is asked for between two listings. */
const MAX_WAITING = 1024;
/** A server may need a moment to accept; then there are listings of no use. */
const LOOKS = 4;

interface Asked {
  readonly connection: Connected;
  looks: number;
}

type Found = Pick<Draft<NetPeered>, "peer" | "local_port">;

export class Peers {
  readonly #list: () => readonly HeldSocket[];
  readonly #clock: () => number;
  #waiting: Asked[] = [];
  /** Connections told, as long as they are there. */
  readonly #told = new Set<bigint>();
  #due = 0;
  #dropped = 0;

  /** @param clock ms, of any clock that only goes on */
  constructor(list: () => readonly HeldSocket[], clock: () => number) {
    this.#list = list;
    this.#clock = clock;
  }

  /** There will be another look. */
  get isLooking(): boolean {
    return this.#waiting.length > 0;
  }

  ask(connections: readonly Connected[]): void {
    const room = MAX_WAITING - this.#waiting.length;
    for (const connection of connections.slice(0, room)) this.#waiting.push({ connection, looks: 0 });
    this.#dropped += Math.max(0, connections.length - room);
  }

  /** What was found out by now; looks only when something was asked for. */
  take(now: Micros): Draft<NetPeered>[] {
    if (this.#waiting.length === 0 || this.#clock() < this.#due) return [];
    const began = this.#clock();
    const asked = this.#waiting;
    const drafts = peersOf(asked.map(({ connection }) => connection), {
      table: new SocketTable(this.#list()),
      told: this.#told,
      isLast: (i) => asked[i]!.looks >= LOOKS - 1,
    });
    this.#waiting = asked.filter((one, i) => drafts[i] === null && ++one.looks < LOOKS);
    const ended = this.#clock();
    this.#due = ended + Math.max(LEAST_PAUSE_MS, SHARE * (ended - began));
    return drafts.flatMap((found, i) => found ? [toDraft(asked[i]!.connection, { found, now })] : []);
  }

  takeLosses(): Loss[] {
    const count = this.#dropped;
    this.#dropped = 0;
    if (count === 0) return [];
    return [{ class: "peer", reason: "more local connections than are looked up", unit: "events", count }];
  }
}

interface Known {
  readonly table: SocketTable;
  /** Own ends of connections whose peer was told; those found are added, those gone removed. */
  readonly told: Set<bigint>;
  /** There will be no further look for the connection. */
  readonly isLast: (index: number) => boolean;
}

/** The peer of each connection; null where it cannot be told. */
export function peersOf(
  connections: readonly Connected[],
  { table, told, isLast }: Known,
): readonly (Found | null)[] {
  for (const socket of told) if (!table.has(socket)) told.delete(socket);
  return connections.map((connection, i) => {
    const own = table.madeBy(connection).find(({ socket }) => !told.has(socket));
    const holders = own ? table.otherEnd(own) : [];
    const taken = holders.length > 0
      ? holders
      : table.taker(connection, own?.netns ?? netnsOf(connection.pid));
    // One that listens alone takes it; of several that share the socket any may, until one has.
    if (!taken || taken.length === 0 || holders.length === 0 && taken.length > 1 && !isLast(i)) return null;
    if (own) told.add(own.socket);
    const { pid, start, comm } = taken.reduce((first, held) => held.start < first.start ? held : first);
    return {
      ...(own && { local_port: own.local.port }),
      peer: { pid, tid: pid, start, comm, exe: readLink(`/proc/${pid}/exe`) },
    };
  });
}

function toDraft(
  { pid, tid, start, comm, family, addr, port }: Connected,
  { found, now }: { readonly found: Found; readonly now: Micros },
): Draft<NetPeered> {
  return { kind: "net.peer", ts: now, pid, tid, start, comm, family, addr, port, ...found };
}

/** Null for a process that is gone. */
function netnsOf(pid: number): number | null {
  const inode = /\d+/.exec(readLink(`/proc/${pid}/ns/net`))?.[0];
  return inode === undefined ? null : Number(inode);
}
