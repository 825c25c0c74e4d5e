/** TLS of a chosen version and cipher before a `TlsTee`: a Node.js process that ends it. */
import { join } from "node:path";
import type { TlsTee } from "./tls_tee.ts";

export interface TlsSettings {
  readonly maxVersion?: "TLSv1.2";
  /** One or more, by OpenSSL's names, with colons between them. */
  readonly ciphers?: string;
}

export class TlsEnd implements AsyncDisposable {
  readonly url: string;
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess, port: number) {
    this.#child = child;
    this.url = `https://127.0.0.1:${port}`;
  }

  /** @throws {Error} when Node.js refuses the settings. */
  static async start(
    tee: TlsTee,
    settings: TlsSettings & { readonly alpn: readonly string[] },
  ): Promise<TlsEnd> {
    const child = new Deno.Command("node", {
      args: [join(import.meta.dirname!, "tls_end.mjs")],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const input = child.stdin.getWriter();
    const options = { ...tee.identity, ...settings, target: tee.port };
    await input.write(new TextEncoder().encode(JSON.stringify(options)));
    await input.close();
    const output = child.stdout.getReader();
    const { value } = await output.read();
    await output.cancel();
    const port = Number(new TextDecoder().decode(value));
    if (!port) throw new Error(`Cannot end TLS: Node.js does not start with ${JSON.stringify(settings)}`);
    return new TlsEnd(child, port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }
}
