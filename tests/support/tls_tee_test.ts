import assert from "node:assert/strict";
import { TlsTee } from "./tls_tee.ts";

function pattern(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, index) => (index * 31) % 251);
}

async function curl(tee: TlsTee, args: string[], stdin?: Uint8Array): Promise<Uint8Array> {
  const child = new Deno.Command("curl", {
    args: ["--silent", "--show-error", "--fail", "--cacert", tee.caFile, ...args],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  if (stdin) await writer.write(stdin);
  await writer.close();
  const { success, stdout } = await child.output();
  assert.ok(success);
  return stdout;
}

Deno.test("records both directions byte for byte", async () => {
  await using tee = new TlsTee(() => new Response("pong", { headers: { date: "now", "x-a": "1" } }));
  await curl(tee, ["--http1.1", "--user-agent", "t", `${tee.url}/ping?x=1`]);
  const [connection] = tee.connections;
  assert.ok(connection);
  assert.equal(connection.alpn, "http/1.1");
  assert.equal(
    new TextDecoder().decode(connection.received),
    `GET /ping?x=1 HTTP/1.1\r\nHost: 127.0.0.1:${tee.port}\r\nUser-Agent: t\r\nAccept: */*\r\n\r\n`,
  );
  const sent = new TextDecoder().decode(connection.sent);
  assert.match(sent, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(sent, /\r\n\r\npong$/);
});

Deno.test("carries 8 MiB up and down whole", async () => {
  const big = pattern(8 << 20);
  await using tee = new TlsTee(async (request) => new Response(await request.arrayBuffer()));
  const args = ["--header", "Expect:", "--data-binary", "@-", `${tee.url}/echo`];
  assert.deepEqual(await curl(tee, args, big), big);
  const [connection] = tee.connections;
  assert.ok(connection);
  assert.deepEqual(connection.received.slice(-big.length), big);
  assert.deepEqual(connection.sent.slice(-big.length), big);
});

Deno.test("names are in the certificate, and a client that refuses it breaks nothing", async () => {
  await using tee = new TlsTee(() => new Response("ok"), { names: ["api.example.test"] });
  const resolve = ["--resolve", `api.example.test:${tee.port}:127.0.0.1`];
  const url = `https://api.example.test:${tee.port}/`;
  const refused = await new Deno.Command("curl", { args: ["--silent", ...resolve, url] }).output();
  assert.equal(refused.code, 60);
  assert.equal(new TextDecoder().decode(await curl(tee, [...resolve, url])), "ok");
});
