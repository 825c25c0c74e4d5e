/** One write and one read of any size, as the server saw them. Every TLS implementation: tls_stacks_test.ts. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { askUntraced, assertCaptured } from "./support/ground_truth.ts";
import { TlsTee } from "./support/tls_tee.ts";

const client = join(import.meta.dirname!, "support/tls_clients/sizes.py");
/** Around a TLS record (16,384) and its halves, and far above both. */
const sizes = [0, 1, 1024, 8192, 16_384, 65_537, 1 << 20, 8 << 20];

const cases: [name: string, python: () => string][] = [
  ["the system's Python", () => "/usr/bin/python3"],
  // Often one that was built from source, with another libssl.
  ["the Python on PATH", pythonOnPath],
];

for (const [name, python] of cases) {
  bpfTest(`${name} writes and reads any size at once`, async () => {
    await using tee = new TlsTee(answer);
    const dir = Deno.makeTempDirSync({ prefix: "agentsight-truth-" });
    const rounds = join(dir, "rounds");
    const options = ["--json", "--no-server", "--no-store", "--rounds", rounds, "--strict"];
    const command = [python(), client, tee.url, tee.caFile, ...sizes.map(String)];
    const [{ code, events, stderr }] = await Promise.all([
      agentsight(["trace", ...options, "--", ...command]),
      askUntraced(tee),
    ]);
    assert.deepEqual(ofKind(events, "loss"), []);
    assert.equal(code, 0, stderr);
    assert.equal(assertCaptured(tee, rounds, { events }), 2 * sizes.length);
    Deno.removeSync(dir, { recursive: true });
  });
}

async function answer(request: Request): Promise<Response> {
  const [, name, size] = new URL(request.url).pathname.split("/");
  if (name === "down") return new Response(pattern(Number(size)));
  return new Response(String((await request.arrayBuffer()).byteLength));
}

/** No two parts of it look the same: a chunk out of its place is seen. */
function pattern(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at++) bytes[at] = (at * 31 + (at >> 8) * 7 + (at >> 16)) & 0xff;
  return bytes;
}

/** Itself and not a version manager's script before it. */
function pythonOnPath(): string {
  const { stdout } = new Deno.Command("python3", { args: ["-c", "import sys; print(sys.executable)"] })
    .outputSync();
  return new TextDecoder().decode(stdout).trim();
}
