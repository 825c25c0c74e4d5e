/** What was captured against what a `TlsTee` saw, connection by connection. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Event } from "../../src/event.ts";
import { plainText } from "./plain_text.ts";
import type { TlsTee } from "./tls_tee.ts";

const UNTRACED = "/untraced";
const text = new TextDecoder();

/** A client that nobody asked to watch: what it says must not be captured. */
export async function askUntraced(tee: TlsTee, url = tee.url): Promise<void> {
  const { success } = await new Deno.Command("curl", {
    args: ["--silent", "--fail", "--http1.1", "--cacert", tee.caFile, url + UNTRACED],
    stdout: "null",
  }).output();
  assert.ok(success);
}

/**
 * Both directions of every connection were captured byte for byte, and nothing else was; and each is known to go to
 * the server's address.
 *
 * @param rounds The file that `--rounds` wrote.
 * @returns How many connections there were.
 * @throws {AssertionError} that names the first connections of which this is not true.
 */
export function assertCaptured(
  tee: TlsTee,
  rounds: string,
  { events, url = tee.url }: { readonly events: readonly Event[]; readonly url?: string },
): number {
  const { connections, losses } = plainText(rounds);
  assert.deepEqual(losses, []);
  const followed = new Set(events.map(({ pid }) => pid));
  assert.ok(connections.every(({ actor }) => followed.has(actor.pid)));

  const { hostname, port } = new URL(url);
  for (const { actor, bonds } of connections) {
    const peers = new Set(bonds.map(({ peer }) => `${peer.addr}:${peer.port}`));
    const said = bonds.map(({ dir, peer }) => `${dir} ${peer.confidence}`);
    assert.deepEqual(
      [...peers],
      [`${hostname}:${port}`],
      `${actor.comm} ${actor.pid}: ${peers.size} peers, ${said}`,
    );
    assert.ok(
      said.some((bond) => /^send (?:strong|certain)$/.test(bond)),
      `${actor.comm} ${actor.pid}: ${said}`,
    );
  }

  const captured = connections.map((c) => digest(c.bytes("send"), c.bytes("recv")));
  const truth = tee.connections
    // Opened and never used, or not by the traced client.
    .filter(({ received }) =>
      received.length > 0 && !text.decode(received.subarray(0, 64)).includes(UNTRACED)
    )
    .map(({ received, sent }) => digest(received, sent));
  const missing = without(truth, captured);
  const invented = without(captured, truth);
  assert.deepEqual({ missing: missing.slice(0, 5), invented: invented.slice(0, 5) }, {
    missing: [],
    invented: [],
  });
  return truth.length;
}

/** Sizes first: they say at a glance what is missing. */
function digest(sent: Uint8Array, received: Uint8Array): string {
  const read = isHttp2(sent) ? withoutLastControlFrames(received) : received;
  const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  return `${sent.length} sent, ${read.length} received: ${hash(sent)} ${hash(read)}`;
}

function isHttp2(sent: Uint8Array): boolean {
  return text.decode(sent.subarray(0, 14)) === "PRI * HTTP/2.0";
}

/** A server sends settings and windows unasked; a client that has all it wants goes away without reading the last. */
function withoutLastControlFrames(bytes: Uint8Array): Uint8Array {
  const FRAME_HEADER = 9, HEADERS = 1;
  let end = 0;
  for (let at = 0; at + FRAME_HEADER <= bytes.length;) {
    const [high = 0, middle = 0, low = 0, type = 0] = bytes.subarray(at);
    at += FRAME_HEADER + (high << 16 | middle << 8 | low);
    if (type <= HEADERS || at > bytes.length) end = at;
  }
  return bytes.subarray(0, end);
}

/** Equal ones are taken off one for one. */
function without(all: readonly string[], some: readonly string[]): string[] {
  const left = [...some];
  return all.filter((item) => {
    const at = left.indexOf(item);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
