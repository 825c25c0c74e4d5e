/** Who holds which socket, from /proc: slower, and where unix sockets lead is not known. */
import type { Micros } from "../event.ts";
import { toAddress } from "./address.ts";
import type { Process } from "./processes.ts";
import { readLink } from "./processes.ts";
import type { HeldSocket, SocketEnd } from "./sockets.ts";

type Described = Omit<HeldSocket, "pid" | "start" | "comm">;

const tables = [
  ["tcp", "stream"],
  ["tcp6", "stream"],
  ["udp", "datagram"],
  ["udp6", "datagram"],
] as const;

/** Sockets of the given processes. */
export function procSockets(processes: readonly Process[]): HeldSocket[] {
  const known = new Map<string, Map<bigint, Described>>();
  return processes.flatMap(({ pid, start, comm }) => {
    const inodes = socketsOf(pid);
    if (inodes.length === 0) return [];
    const netns = readLink(`/proc/${pid}/ns/net`);
    const described = known.get(netns) ?? describe(pid, Number(/\d+/.exec(netns)?.[0] ?? 0));
    known.set(netns, described);
    return inodes.flatMap((inode) => {
      const socket = described.get(inode);
      return socket ? [{ pid, start: start as Micros, comm, ...socket }] : [];
    });
  });
}

function socketsOf(pid: number): bigint[] {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/fd`)].flatMap(({ name }) => {
      const inode = /^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${name}`))?.[1];
      return inode ? [BigInt(inode)] : [];
    });
  } catch {
    return [];
  }
}

/** All sockets of the network namespace that a process is in, by inode. */
function describe(pid: number, netns: number): Map<bigint, Described> {
  const found = new Map<bigint, Described>();
  const add = (socket: Omit<Described, "peer" | "netns">) =>
    found.set(socket.socket, { ...socket, peer: 0n, netns });
  for (const [table, transport] of tables) {
    for (const [, local = "", remote = "", state = "", , , , , , inode = ""] of rows(pid, table)) {
      if (!/^\d+$/.test(inode)) continue;
      add({
        socket: BigInt(inode),
        transport,
        unix: false,
        state: parseInt(state, 16),
        local: end(local),
        remote: end(remote),
      });
    }
  }
  for (const [, , , flags = "", type = "", state = "", inode = "", path = ""] of rows(pid, "unix")) {
    if (!/^\d+$/.test(inode)) continue;
    add({
      socket: BigInt(inode),
      transport: type === "0001" ? "stream" : type === "0002" ? "datagram" : "seqpacket",
      unix: true,
      // SO_ACCEPTCON; connected is 3 here.
      state: parseInt(flags, 16) & 0x10000 ? 10 : state === "03" ? 1 : 7,
      local: { addr: path, port: 0 },
      remote: { addr: "", port: 0 },
    });
  }
  return found;
}

function rows(pid: number, table: string): string[][] {
  try {
    const [, ...lines] = Deno.readTextFileSync(`/proc/${pid}/net/${table}`).split("\n");
    return lines.map((line) => line.trim().split(/\s+/));
  } catch {
    return [];
  }
}

/** `0100007F:1F90`: words as the machine has them, port as a number. */
function end(text: string): SocketEnd {
  const [words = "", port = ""] = text.split(":");
  const bytes = new Uint8Array(words.length / 2);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    view.setUint32(at, parseInt(words.slice(2 * at, 2 * at + 8), 16), true);
  }
  const mapped = words.length === 32 && words.startsWith("0000000000000000FFFF0000");
  return { addr: toAddress(mapped ? bytes.subarray(12) : bytes), port: parseInt(port, 16) };
}
