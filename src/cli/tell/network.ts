import type { NetConnected, NetworkEvent } from "../../event.ts";
import { bytes, duration } from "../format.ts";
import { address, deed, type Told } from "./told.ts";

const DNS = 53;
const EINPROGRESS = -115;

/** Without `verbose` only connections and what can be connected to. */
export function tellNetwork(event: NetworkEvent, verbose: boolean): Told | null {
  switch (event.kind) {
    case "net.connect":
      return connected(event, verbose);
    case "net.listen":
      return deed("listen", address(event), event);
    case "net.send":
      return event.port === DNS && !verbose
        ? null
        : { label: "send", text: named(address(event), event.host) };
    default:
      return verbose ? detail(event) : null;
  }
}

function detail(
  event: Exclude<NetworkEvent, { kind: "net.connect" | "net.listen" | "net.send" }>,
): Told {
  switch (event.kind) {
    case "net.socket":
      return deed("socket", `${event.family} ${event.transport}`, event);
    case "net.bind":
      return deed("bind", address(event), event);
    case "net.accept":
      return deed("accept", `${address(event)} at port ${event.local_port}`, event);
    case "net.close": {
      const moved = `${bytes(event.sent_bytes)} sent, ${bytes(event.received_bytes)} received`;
      return { label: "close", text: `${named(address(event), event.host)}, ${moved}` };
    }
    case "net.peer":
      return { label: "peer", text: `${address(event)} is ${event.peer.comm} ${event.peer.pid}` };
    case "dns.query":
      return { label: "dns", text: `${event.name} ${event.type}?` };
    case "dns.answer": {
      const found = event.addresses.length > 0 ? event.addresses.join(", ") : event.code;
      return { label: "dns", text: `${event.name} ${event.type} → ${found}` };
    }
    case "net.host":
      return { label: "host", text: `${address(event)} is called ${event.host}` };
  }
}

function connected(event: NetConnected, verbose: boolean): Told | null {
  // Of most local services is asked whether they are there.
  if (event.family === "unix" && event.result < 0 && !verbose) return null;
  const told = deed("connect", named(address(event), event.host), event);
  if (event.result === EINPROGRESS) return { label: told.label, text: told.text };
  return verbose ? { ...told, text: `${told.text}, ${duration(event.latency_us / 1000)}` } : told;
}

function named(address: string, host: string | undefined): string {
  return host === undefined ? address : `${host} (${address})`;
}
