/**
 * `aead_loop.ts CERT KEY` (PEM): TLS 1.3 with itself over a socket, by rustls. Each line on stdin is a number of rounds;
 * the answer is the mean processor time of an AEAD call in ns. A round is four: two messages of 64 bytes, each sealed
 * once and opened once.
 */
import { cpuTime } from "./cpu_time.ts";

const CALLS_PER_ROUND = 4;
const message = new TextEncoder().encode(
  "POST / HTTP/1.1\r\nhost: bench\r\ncontent-length: 4\r\n\r\nping---------",
);

if (import.meta.main) await main(Deno.args);

async function main([cert = "", key = ""]: readonly string[]): Promise<void> {
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  const { port } = listener.addr;
  const [server, client] = await Promise.all([
    listener.accept(),
    Deno.connectTls({ hostname: "127.0.0.1", port }),
  ]);
  const rounds = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await pass(client, server);
      await pass(server, client);
    }
  };
  await rounds(1);
  await say("ready");
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const count = Number(text);
    const from = cpuTime();
    await rounds(count);
    await say(String((cpuTime() - from) * 1e9 / (count * CALLS_PER_ROUND)));
  }
  client.close();
  server.close();
}

async function pass(from: Deno.TlsConn, to: Deno.TlsConn): Promise<void> {
  const bytes = new Uint8Array(message.length);
  const [written, read] = await Promise.all([from.write(message), to.read(bytes)]);
  if (written !== message.length || read !== message.length) {
    throw new Error("Cannot measure: a short message");
  }
}

async function say(text: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(`${text}\n`));
}
