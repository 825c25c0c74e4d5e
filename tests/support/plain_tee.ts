/** An HTTP server without TLS, on any listener, that records every byte of both directions: ground truth. */
import { concat } from "../../src/bytes.ts";

export class PlainConnection {
  readonly #received: Uint8Array[] = [];
  readonly #sent: Uint8Array[] = [];

  get received(): Uint8Array {
    return concat(this.#received);
  }

  get sent(): Uint8Array {
    return concat(this.#sent);
  }

  push(direction: "received" | "sent", bytes: Uint8Array): void {
    (direction === "received" ? this.#received : this.#sent).push(bytes);
  }
}

export class PlainTee implements AsyncDisposable {
  /** In the order they were accepted. */
  readonly connections: PlainConnection[] = [];
  readonly #listener: Deno.Listener;
  readonly #backend: Deno.HttpServer<Deno.NetAddr>;
  readonly #open = new Set<Deno.Conn>();
  readonly #running: Promise<void>;

  constructor(listener: Deno.Listener, handler: (request: Request) => Response | Promise<Response>) {
    this.#listener = listener;
    this.#backend = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
    this.#running = this.#accept();
  }

  async #accept(): Promise<void> {
    const running: Promise<void>[] = [];
    for (;;) {
      const client = await this.#listener.accept().catch(() => null);
      if (!client) break;
      running.push(this.#forward(client));
    }
    await Promise.all(running);
  }

  async #forward(client: Deno.Conn): Promise<void> {
    const record = new PlainConnection();
    this.connections.push(record);
    const backend = await Deno.connect({ hostname: "127.0.0.1", port: this.#backend.addr.port });
    for (const connection of [client, backend]) this.#open.add(connection);
    await Promise.all([
      copy(client, backend, (bytes) => record.push("received", bytes)),
      copy(backend, client, (bytes) => record.push("sent", bytes)),
    ]).catch(() => {});
    for (const connection of [client, backend]) this.#close(connection);
  }

  #close(connection: Deno.Conn): void {
    if (this.#open.delete(connection)) connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) this.#close(connection);
    await Promise.all([this.#running, this.#backend.shutdown()]);
  }
}

/** Until the end of `from`; then `to` reads no more either. */
async function copy(from: Deno.Conn, to: Deno.Conn, record: (bytes: Uint8Array) => void): Promise<void> {
  const buffer = new Uint8Array(1 << 18);
  for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
    const bytes = buffer.slice(0, count);
    // Recorded first: once the peer has the bytes, a test may look.
    record(bytes);
    for (let written = 0; written < count;) written += await to.write(bytes.subarray(written));
  }
  await to.closeWrite();
}
