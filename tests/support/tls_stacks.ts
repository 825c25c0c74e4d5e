/** Every TLS implementation that must be captured, and a client that uses it. */
import { join } from "node:path";
import { installed } from "./agent_installs.ts";
import type { TlsSettings } from "./tls_end.ts";

const clients = join(import.meta.dirname!, "tls_clients");
/** The distribution's own: a version manager's shim is a shell script that starts a hundred programs first. */
const python = ["/usr/bin/python3", "-B"];

/** Where a client goes and what it does there. */
export interface Traffic {
  readonly url: string;
  readonly caFile: string;
  readonly count: number;
  readonly concurrency: number;
  /** For what has to be built. */
  readonly dir: string;
}

export interface Stack {
  readonly name: string;
  /** How many requests; 200 unless told. Fewer where only version, cipher or function differ. */
  readonly count?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Its client takes minutes to build: only `deno task test:agents` runs it. */
  readonly slow?: true;
  /** What the server offers; `http/1.1` unless told. */
  readonly alpn?: readonly string[];
  /** The server's; TLS 1.3 with a cipher of Deno's choice unless told. */
  readonly tls?: TlsSettings;
  readonly command: (traffic: Traffic) => string[] | Promise<string[]>;
}

const few = 40;
const h2 = ["h2", "http/1.1"];
const tls12 = { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES256-GCM-SHA384" } as const;
const tls12ChaCha = { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-CHACHA20-POLY1305" } as const;
const tls13ChaCha = { ciphers: "TLS_CHACHA20_POLY1305_SHA256" } as const;

export const stacks: readonly Stack[] = [
  { name: "curl", command: (t) => tool("curl", t) },
  { name: "curl, HTTP/2", count: few, alpn: h2, command: (t) => tool("curl-h2", t) },
  // A connection for each request.
  { name: "Python urllib", command: (t) => pythonClient("urllib", t) },
  { name: "Python http.client", command: (t) => pythonClient("http.client", t) },
  { name: "Python asyncio", command: (t) => pythonClient("asyncio", t) },
  { name: "Python, a send for each record", count: 8, command: (t) => pythonClient("records", t) },
  { name: "Node https", command: (t) => script(["node"], "https", t) },
  { name: "Node fetch", command: (t) => script(["node"], "fetch", t) },
  { name: "Bun 1.4.5", command: (t) => bun("1.4.5", t) },
  { name: "Bun 1.4.5, TLS 1.2", count: few, tls: tls12, command: (t) => bun("1.4.5", t) },
  { name: "Bun 1.3.14", command: (t) => bun("1.3.14", t) },
  { name: "Bun 1.2.23", command: (t) => bun("1.2.23", t) },
  { name: "Deno", command: deno },
  { name: "Deno, HTTP/2", alpn: h2, command: deno },
  { name: "Deno, ChaCha20", count: few, tls: tls13ChaCha, command: deno },
  { name: "Deno, TLS 1.2", count: few, tls: tls12, command: deno },
  { name: "Deno, TLS 1.2, ChaCha20", count: few, tls: tls12ChaCha, command: deno },
  { name: "Go", command: go },
  { name: "Go, HTTP/2", count: few, alpn: h2, env: { HTTP2: "1" }, command: go },
  { name: "rustls over ring", slow: true, command: rustls },
  { name: "rustls over ring, TLS 1.2", slow: true, tls: tls12, command: rustls },
  { name: "OpenSSL, static and stripped", command: (t) => openssl(t) },
  { name: "OpenSSL, static and stripped, TLS 1.2", count: few, tls: tls12, command: (t) => openssl(t) },
  { name: "OpenSSL, static and stripped, _ex", count: few, command: (t) => openssl(t, ["ex"]) },
  { name: "GnuTLS: libcurl", command: (t) => libcurl("gnutls", t) },
  // A process for each request.
  { name: "GnuTLS: wget", count: few, command: (t) => tool("wget", t) },
  // A process for each connection.
  { name: "NSS: tstclnt", count: few, command: (t) => tool("tstclnt", t) },
  ...isDebian12() ? [{ name: "NSS: libcurl", command: (t: Traffic) => libcurl("nss", t) }] : [],
];

/** The last that has libcurl on NSS. */
function isDebian12(): boolean {
  return /^VERSION_ID="?12"?$/m.test(Deno.readTextFileSync("/etc/os-release"));
}

/** Debian's: apt-get install cargo librust-rustls-dev librust-rustls-pemfile-dev. */
async function rustls(traffic: Traffic): Promise<string[]> {
  const manifest = join(clients, "rustls/Cargo.toml");
  const target = join(traffic.dir, "target");
  await build([
    ...["cargo", "build", "--release", "--quiet", "--offline"],
    ...[
      "--manifest-path",
      manifest,
      "--target-dir",
      target,
      "--config",
      join(clients, "rustls/.cargo/config.toml"),
    ],
  ]);
  return [join(target, "release/client_rustls"), ...words(traffic)];
}

function words({ url, caFile, count, concurrency }: Traffic): string[] {
  return [url, caFile, String(count), String(concurrency)];
}

function tool(name: string, traffic: Traffic): string[] {
  return [...python, join(clients, "tool.py"), name, ...words(traffic)];
}

function pythonClient(name: string, traffic: Traffic): string[] {
  return [...python, join(clients, "client.py"), name, ...words(traffic)];
}

function libcurl(flavour: string, traffic: Traffic): string[] {
  return [...python, join(clients, "libcurl.py"), `libcurl-${flavour}.so.4`, ...words(traffic)];
}

function script(runtime: readonly string[], name: string, traffic: Traffic): string[] {
  return [...runtime, join(clients, "client.mjs"), name, ...words(traffic)];
}

async function bun(version: string, traffic: Traffic): Promise<string[]> {
  const spec = `@oven/bun-linux-${Deno.build.arch === "x86_64" ? "x64" : Deno.build.arch}`;
  const executable = `${spec}/bin/bun`;
  return script(
    [await installed({ name: "bun", version, spec: `${spec}@${version}`, executable })],
    "fetch",
    traffic,
  );
}

function deno(traffic: Traffic): string[] {
  return script([Deno.execPath(), "run", "-A", "--no-config", "--cert", traffic.caFile], "fetch", traffic);
}

async function go(traffic: Traffic): Promise<string[]> {
  const program = join(traffic.dir, "client_go");
  await build(["go", "build", "-ldflags", "-s -w", "-o", program, join(clients, "client.go")]);
  return [program, ...words(traffic)];
}

async function openssl(traffic: Traffic, more: readonly string[] = []): Promise<string[]> {
  const program = join(traffic.dir, "client_openssl");
  const source = join(clients, "client_openssl.c");
  await build(["gcc", "-O2", "-static", "-s", "-o", program, source, "-lssl", "-lcrypto", "-pthread"]);
  return [program, ...words(traffic), ...more];
}

async function build([compiler = "", ...args]: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(compiler, { args, stdin: "null", stderr: "piped" })
    .output();
  if (!success) {
    throw new Error(`Cannot build a client: ${compiler} says ${new TextDecoder().decode(stderr)}`);
  }
}
