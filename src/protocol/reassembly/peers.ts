/** Who is at the other end of each connection: the surest word wins. */
import type { Peer } from "../../event.ts";
import type { Bond, ConnId } from "../stream_record.ts";

const MAX_REMEMBERED = 4096;
const rank: Readonly<Record<Peer["confidence"], number>> = { likely: 0, strong: 1, certain: 2 };

export class Peers {
  /** Oldest first. */
  readonly #sockets = new Map<ConnId, Bond>();

  learn(conn: ConnId, bond: Bond): void {
    const known = this.#sockets.get(conn);
    // Both directions agree on the socket: what each says is hardly an accident.
    const agrees = known?.socket === bond.socket && known.localPort === bond.localPort;
    const { confidence } = bond.peer;
    const better = !known || rank[confidence] >= rank[known.peer.confidence];
    const peer = agrees && confidence === "likely" && known.peer.confidence === "likely"
      ? { ...bond.peer, confidence: "strong" as const }
      : bond.peer;
    if (!better) return;
    if (this.#sockets.size >= MAX_REMEMBERED) this.#sockets.delete(this.#sockets.keys().next().value!);
    this.#sockets.set(conn, { ...bond, peer });
  }

  forget(conn: ConnId): void {
    this.#sockets.delete(conn);
  }

  of(conn: ConnId): Peer | null {
    return this.#sockets.get(conn)?.peer ?? null;
  }
}
