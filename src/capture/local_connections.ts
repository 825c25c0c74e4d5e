/** Connections that stay within this machine. */
import type { Event, NetConnected } from "../event.ts";
import type { Connected } from "./messages.ts";

const REFRESH_US = 10_000_000;

export class LocalConnections {
  readonly #addresses: () => Iterable<string>;
  #own: ReadonlySet<string> = new Set();
  #read = -Infinity;

  /** @param addresses the machine's own */
  constructor(addresses: () => Iterable<string> = ownAddresses) {
    this.#addresses = addresses;
  }

  /** Those among the events of a round that were made. */
  of(events: readonly Event[]): Connected[] {
    return events.flatMap((event) => {
      if (event.kind !== "net.connect" || event.result !== 0) return [];
      const { pid, tid, start, comm, family, addr, port, transport } = event;
      const reached = family === "unix" ? addr : target(addr);
      if (family !== "unix" && !isLoopback(reached) && !this.#isOwn(reached, event)) return [];
      return [{ pid, tid, start, comm, family, addr, port, reached, ...(transport && { transport }) }];
    });
  }

  #isOwn(addr: string, { ts }: NetConnected): boolean {
    if (ts - this.#read > REFRESH_US) {
      this.#read = ts;
      this.#own = new Set(this.#addresses());
    }
    return this.#own.has(addr);
  }
}

function isLoopback(addr: string): boolean {
  return addr === "::1" || addr.startsWith("127.");
}

/** Where a connect to an address leads, as its socket says it afterwards. */
function target(addr: string): string {
  if (addr === "0.0.0.0") return "127.0.0.1";
  if (addr === "::") return "::1";
  const mapped = /^::ffff:(?:([0-9a-f]{1,4}):([0-9a-f]{1,4})|(\d+\.\d+\.\d+\.\d+))$/.exec(addr);
  if (!mapped) return addr;
  const [high, low] = [parseInt(mapped[1] ?? "", 16), parseInt(mapped[2] ?? "", 16)];
  return mapped[3] ?? [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

function ownAddresses(): string[] {
  return Deno.networkInterfaces().map(({ address }) => address);
}
