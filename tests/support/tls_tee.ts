import { type Certificates, makeCertificates } from "./certificates.ts";

export interface TlsTeeOptions {
  /** Offered in this order; `http/1.1` only unless told. */
  readonly alpn?: readonly string[];
  /** Names for the certificate beside localhost and 127.0.0.1. */
  readonly names?: readonly string[];
  /** TLS ends in another process, which connects here without: see tls_end.ts. */
  readonly plain?: boolean;
  /** Stands between the plain text and the handler's server, whose port it is given. */
  readonly relay?: (backend: number) => Promise<Disposable & { readonly port: number }>;
}

/** What one TLS connection carried: ground truth for what a client wrote and read. */
export class TeeConnection {
  #received: Uint8Array[] = [];
  #sent: Uint8Array[] = [];
  /** The protocol agreed in the handshake, null before it or without one. */
  alpn: string | null = null;

  /** Client → server, as decrypted so far. */
  get received(): Uint8Array<ArrayBuffer> {
    return concat(this.#received);
  }

  /** Server → client, as handed to TLS so far. */
  get sent(): Uint8Array<ArrayBuffer> {
    return concat(this.#sent);
  }

  push(direction: "received" | "sent", bytes: Uint8Array): void {
    (direction === "received" ? this.#received : this.#sent).push(bytes);
  }
}

/**
 * An HTTPS server on 127.0.0.1 that records every decrypted byte of both directions.
 *
 * TLS ends here and the plain bytes go to a loopback HTTP server running `handler`, so the record is what
 * crossed the TLS boundary and not what an HTTP library made of it.
 */
export class TlsTee implements Disposable, AsyncDisposable {
  /** In the order they were accepted. */
  readonly connections: TeeConnection[] = [];
  readonly port: number;
  /** `https://127.0.0.1:PORT`: no name to look up. */
  readonly url: string;
  /** PEM file of the authority that clients must trust. */
  readonly caFile: string;
  /** The server's certificate and its key, PEM. */
  readonly identity: Pick<Certificates, "cert" | "key">;
  readonly #dir = Deno.makeTempDirSync({ prefix: "agentsight-tee-" });
  readonly #listener: Deno.TlsListener | Deno.TcpListener;
  readonly #backend: Deno.HttpServer<Deno.NetAddr>;
  readonly #stop = new AbortController();
  readonly #open = new Set<Deno.Conn>();
  readonly #relay: ReturnType<NonNullable<TlsTeeOptions["relay"]>> | null;
  readonly #running: Promise<void>;

  constructor(handler: (request: Request) => Response | Promise<Response>, options: TlsTeeOptions = {}) {
    const { cert, key, caFile } = makeCertificates(this.#dir, options.names);
    this.caFile = caFile;
    this.identity = { cert, key };
    const address = { hostname: "127.0.0.1", port: 0 };
    this.#backend = Deno.serve({ ...address, signal: this.#stop.signal, onListen() {} }, handler);
    this.#relay = options.relay?.(this.#backend.addr.port) ?? null;
    const alpnProtocols = [...options.alpn ?? ["http/1.1"]];
    this.#listener = options.plain
      ? Deno.listen(address)
      : Deno.listenTls({ ...address, cert, key, alpnProtocols });
    this.port = this.#listener.addr.port;
    this.url = `https://127.0.0.1:${this.port}`;
    this.#running = this.#accept();
  }

  async #accept(): Promise<void> {
    const running = new Set<Promise<void>>();
    while (true) {
      const client: Deno.TlsConn | Deno.TcpConn | null = await this.#listener.accept().catch(() => null);
      if (client === null) break;
      const forwarded = this.#forward(client).finally(() => running.delete(forwarded));
      running.add(forwarded);
    }
    await Promise.all(running);
  }

  async #forward(client: Deno.TlsConn | Deno.TcpConn): Promise<void> {
    const record = new TeeConnection();
    this.connections.push(record);
    this.#open.add(client);
    let backend: Deno.TcpConn | null = null;
    try {
      if ("handshake" in client) record.alpn = (await client.handshake()).alpnProtocol;
      const { port } = await this.#relay ?? this.#backend.addr;
      backend = await Deno.connect({ hostname: "127.0.0.1", port });
      this.#open.add(backend);
      await Promise.all([
        copy(client, backend, (bytes) => record.push("received", bytes)),
        copy(backend, client, (bytes) => record.push("sent", bytes)),
      ]);
    } catch {
      // A client that goes away mid-handshake or mid-answer is an ordinary test case.
    } finally {
      for (const connection of [client, backend]) if (connection !== null) this.#close(connection);
    }
  }

  #close(connection: Deno.Conn): void {
    if (this.#open.delete(connection)) connection.close();
  }

  [Symbol.dispose](): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    this.#listener.close();
    for (const connection of this.#open) this.#close(connection);
    Deno.removeSync(this.#dir, { recursive: true });
  }

  /** As `using`, and wait until nothing of it is left: needed where leaks are checked. */
  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
    (await this.#relay)?.[Symbol.dispose]();
    await Promise.all([this.#running, this.#backend.finished]);
  }
}

/** Copy until the end of `from`, then end `to`'s reading side. */
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

function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
