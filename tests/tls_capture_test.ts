/** Ground truth: what real TLS clients sent and read, byte for byte, as the server saw it. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { plainText } from "./support/plain_text.ts";
import { TlsTee } from "./support/tls_tee.ts";

const clients = join(import.meta.dirname!, "support/tls_clients");
/** Around a TLS record (16,384) and its halves, and far above both. */
const sizes = [0, 1, 1024, 8192, 16_384, 65_537, 1 << 20, 8 << 20].map(String);
const text = new TextDecoder();

const cases: [name: string, command: (url: string, ca: string, dir: string) => string[]][] = [
  ["curl", (url, ca, dir) => ["sh", join(clients, "curl.sh"), url, ca, dir]],
  ["the system's Python", (url, ca) => ["/usr/bin/python3", join(clients, "client.py"), url, ca]],
  ["the Python on PATH", (url, ca) => [pythonOnPath(), join(clients, "client.py"), url, ca]],
  ["Node", (url, ca) => ["node", join(clients, "client.mjs"), url, ca]],
];

for (const [name, command] of cases) {
  bpfTest(`${name} is captured byte for byte in both directions`, async () => {
    await using tee = new TlsTee(answer);
    const dir = Deno.makeTempDirSync({ prefix: "agentsight-truth-" });
    const rounds = join(dir, "rounds");
    const client = [...command(tee.url, tee.caFile, dir), ...sizes];
    const [{ code, events, stderr }] = await Promise.all([
      agentsight(
        ["trace", "--json", "--no-server", "--no-store", "--rounds", rounds, "--strict", "--", ...client],
      ),
      askUntraced(tee),
    ]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(ofKind(events, "loss"), []);

    const { connections, losses } = plainText(rounds);
    assert.deepEqual(losses, []);
    const captured = connections.map((c) => digest(c.bytes("send"), c.bytes("recv")));
    const truth = tee.connections.map(({ received, sent }) => ({ received, sent }))
      .filter(({ received }) => !text.decode(received.subarray(0, 64)).includes("untraced"))
      .map(({ received, sent }) => digest(received, sent));
    assert.ok(truth.length >= 2 * sizes.length + 9);
    assert.deepEqual(captured.sort(), truth.sort());
    const followed = new Set(events.map(({ pid }) => pid));
    assert.ok(connections.every(({ actor }) => followed.has(actor.pid)));
    Deno.removeSync(dir, { recursive: true });
  });
}

/** Sizes first: they say at a glance what is missing. */
function digest(sent: Uint8Array, received: Uint8Array): string {
  const hash = createHash("sha256").update(sent).update(received).digest("hex");
  return `${sent.length} sent, ${received.length} received: ${hash}`;
}

async function answer(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const size = Number(url.pathname.split("/")[2] ?? 0);
  if (url.pathname.startsWith("/down/")) return new Response(pattern(size));
  return new Response(String((await request.arrayBuffer()).byteLength));
}

/** No two parts of it look the same: a chunk out of its place is seen. */
function pattern(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at++) bytes[at] = (at * 31 + (at >> 8) * 7 + (at >> 16)) & 0xff;
  return bytes;
}

/** A client that nobody asked to watch, at the same time. */
async function askUntraced(tee: TlsTee): Promise<void> {
  const { success } = await new Deno.Command("curl", {
    args: ["--silent", "--fail", "--cacert", tee.caFile, `${tee.url}/untraced`],
    stdout: "null",
  }).output();
  assert.ok(success);
}

/** Itself and not a version manager's script before it. */
function pythonOnPath(): string {
  const { stdout } = new Deno.Command("python3", { args: ["-c", "import sys; print(sys.executable)"] })
    .outputSync();
  return text.decode(stdout).trim();
}
