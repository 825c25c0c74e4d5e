/** HTTP that is not TLS, captured at the socket calls: every byte of both directions, as the server saw them. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Event } from "../src/event.ts";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { PlainTee } from "./support/plain_tee.ts";
import { plainText } from "./support/plain_text.ts";

const programs = join(import.meta.dirname!, "support/plain_clients");
const python = "/usr/bin/python3";
const tcp4 = () => Deno.listen({ hostname: "127.0.0.1", port: 0 });

interface Case {
  readonly name: string;
  readonly listen: () => Deno.Listener;
  readonly command: (address: { readonly port: number; readonly path: string }) => readonly string[];
  readonly exchanges: number;
}

const client = (mode: string, exchanges: number): Case => ({
  name: `python, ${mode}`,
  listen: tcp4,
  command: ({ port }) => [python, join(programs, "client.py"), mode, "127.0.0.1", String(port)],
  exchanges,
});

const cases: readonly Case[] = [
  {
    name: "curl over IPv4",
    listen: tcp4,
    command: ({ port }) => ["curl", "-sf", "-d", "hello", `http://127.0.0.1:${port}/four`],
    exchanges: 1,
  },
  {
    name: "curl over IPv6",
    listen: () => Deno.listen({ hostname: "::1", port: 0 }),
    command: ({ port }) => ["curl", "-sf", "-d", "hello", `http://[::1]:${port}/six`],
    exchanges: 1,
  },
  {
    name: "curl over a unix socket",
    listen: () => Deno.listen({ transport: "unix", path: join(Deno.makeTempDirSync(), "model.sock") }),
    command: ({ path }) => ["curl", "-sf", "--unix-socket", path, "-d", "hello", "http://model/unix"],
    exchanges: 1,
  },
  client("keep-alive", 5),
  client("large", 1),
  client("parallel", 40),
  client("asyncio", 8),
  client("peek", 1),
  {
    name: "node's fetch",
    listen: tcp4,
    command: ({ port }) => ["node", join(programs, "client.mjs"), `http://127.0.0.1:${port}/node`],
    exchanges: 11,
  },
];

for (const { name, listen, command, exchanges } of cases) {
  bpfTest(`${name}: every byte, once`, async () => {
    const { events, tee, rounds } = await traced(listen(), command);
    assert.equal(assertCaptured(tee, rounds), tee.connections.length);
    const http = ofKind(events, "http.exchange");
    assert.equal(http.length, exchanges);
    for (const { complete, gaps, role, peer } of http) {
      assert.deepEqual([complete, gaps, role, peer?.confidence], [true, 0, "client", "certain"]);
    }
    assert.deepEqual(ofKind(events, "loss"), []);
  });
}

bpfTest("Go: every byte, once, whichever thread reads the answer first", async () => {
  const dir = Deno.makeTempDirSync();
  const program = join(dir, "client");
  const built = await new Deno.Command("go", {
    args: ["build", "-o", program, join(programs, "client.go")],
    env: { CGO_ENABLED: "0", GOFLAGS: "-mod=mod", GO111MODULE: "off" },
  }).output();
  assert.ok(built.success, new TextDecoder().decode(built.stderr));
  const { events, tee, rounds } = await traced(
    tcp4(),
    ({ port }) => [program, `http://127.0.0.1:${port}/go`],
  );
  assert.equal(assertCaptured(tee, rounds), tee.connections.length);
  assert.equal(ofKind(events, "http.exchange").filter(({ complete }) => complete).length, 61);
  assert.deepEqual(ofKind(events, "loss"), []);
});

bpfTest("a WebSocket's frames follow its upgrade", async () => {
  const { tee, rounds } = await traced(
    tcp4(),
    ({ port }) => [
      Deno.execPath(),
      "run",
      "-A",
      "--no-check",
      join(programs, "socket.ts"),
      `ws://127.0.0.1:${port}/`,
    ],
  );
  assert.equal(assertCaptured(tee, rounds), 1);
});

bpfTest("the path of a unix socket is its peer's address", async () => {
  const path = join(Deno.makeTempDirSync(), "model.sock");
  const { events } = await traced(
    Deno.listen({ transport: "unix", path }),
    () => ["curl", "-sf", "--unix-socket", path, "http://model/"],
  );
  assert.deepEqual(ofKind(events, "http.exchange").map(({ peer }) => peer), [
    { addr: path, port: 0, confidence: "certain" },
  ]);
});

bpfTest("what sendfile sends is a gap of known size", async () => {
  const { events, code } = await traced(tcp4(), client("sendfile", 1).command);
  assert.equal(code, 0);
  const [exchange] = ofKind(events, "http.exchange");
  assert.equal(exchange?.gaps, 50_000);
  assert.deepEqual(
    ofKind(events, "loss").filter((loss) => loss.class === "plain").map(({ unit, count }) => [unit, count]),
    [["bytes", 50_000]],
  );
});

bpfTest("a server's side: what it was asked and answered, up to the end of the connection", async () => {
  const { code, events } = await run([python, join(programs, "server.py")]);
  assert.equal(code, 0);
  const http = ofKind(events, "http.exchange").map(({ role, url, complete, resp_bytes }) => [
    role,
    new URL(url, "http://x").pathname,
    complete,
    resp_bytes,
  ]);
  // Both ends are followed here.
  assert.deepEqual(http.sort(), [
    ["client", "/length", true, 5],
    ["client", "/to-the-end", true, 100_000],
    ["server", "/length", true, 5],
    ["server", "/to-the-end", true, 100_000],
  ]);
  assert.deepEqual(ofKind(events, "loss"), []);
});

bpfTest("what a tunnel carries is not copied once it is TLS", async () => {
  const { rounds, events } = await run([python, join(programs, "tunnel.py")]);
  const said = plainText(rounds).connections.flatMap((one) => [one.bytes("send"), one.bytes("recv")])
    .map((bytes) => new TextDecoder("latin1").decode(bytes));
  assert.equal(said.filter((text) => text.startsWith("CONNECT ")).length, 2);
  assert.ok(said.every((text) => !text.includes("handshake") && !text.includes("records")));
  assert.deepEqual(ofKind(events, "http.exchange").map(({ method }) => method), ["CONNECT", "CONNECT"]);
});

bpfTest("with --capture off nothing of it leaves the kernel", async () => {
  const { rounds, code } = await traced(
    tcp4(),
    ({ port }) => ["curl", "-sf", "-d", "hello", `http://127.0.0.1:${port}/`],
    ["--capture", "off"],
  );
  assert.equal(code, 0);
  assert.deepEqual(plainText(rounds).connections, []);
});

async function traced(
  listener: Deno.Listener,
  command: Case["command"],
  more: readonly string[] = [],
): Promise<{ code: number; events: readonly Event[]; tee: PlainTee; rounds: string }> {
  await using tee = new PlainTee(listener, answer);
  const { addr } = listener;
  const address = {
    port: "port" in addr ? addr.port : 0,
    path: "path" in addr ? String(addr.path) : "",
  };
  return { ...await run(command(address), more), tee };
}

async function run(
  command: readonly string[],
  more: readonly string[] = [],
): Promise<{ code: number; events: readonly Event[]; rounds: string }> {
  const rounds = join(Deno.makeTempDirSync({ prefix: "agentsight-plain-" }), "rounds");
  const options = ["--json", "--no-server", "--no-store", "--rounds", rounds, ...more];
  const { code, events, stderr } = await agentsight(["trace", ...options, "--", ...command]);
  assert.equal(code, 0, stderr);
  return { code, events, rounds };
}

/** What was asked, or the messages of a WebSocket, back. */
async function answer(request: Request): Promise<Response> {
  if (request.headers.get("upgrade") === "websocket") {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => socket.send(data);
    return response;
  }
  return new Response(await request.arrayBuffer());
}

/** @returns How many connections there were. */
function assertCaptured(tee: PlainTee, rounds: string): number {
  const { connections, losses } = plainText(rounds);
  assert.deepEqual(losses, []);
  const captured = connections.map((one) => digest(one.bytes("send"), one.bytes("recv"))).sort();
  const truth = tee.connections.map(({ received, sent }) => digest(received, sent)).sort();
  assert.deepEqual(captured, truth);
  return truth.length;
}

function digest(sent: Uint8Array, received: Uint8Array): string {
  const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  return `${sent.length} sent, ${received.length} received: ${hash(sent)} ${hash(received)}`;
}
