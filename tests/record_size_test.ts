/** What a TLS call costs in the ring, and how a large one is cut. */
import assert from "node:assert/strict";
import { forEachRecord, viewOf } from "../src/capture/batch.ts";
import { header, RecordType, tlsData } from "../src/capture/layout.gen.ts";
import { readRounds } from "../src/capture/round_file.ts";
import { RECORD_HEADER_BYTES } from "../ffi/ring_buffer.ts";
import { agentsight } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { plainText } from "./support/plain_text.ts";
import { AgentWorld, python } from "./support/sample_agent.ts";

const CHUNK = 16_384;
const BIG = 8 << 20;
/** Three small writes, one of 8 MiB; one answer. */
const work = `
import socket, ssl, sys
context = ssl.create_default_context()
plain = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
tls = context.wrap_socket(plain, server_hostname="127.0.0.1")
for part in b"POST /up HTTP/1.1\\r\\n", b"h: 1\\r\\n", b"Content-Length: ${BIG}\\r\\n\\r\\n", bytes(${BIG}):
    assert tls.write(part) == len(part)
tls.read(4096)`;
const sends = [19, 6, 27, BIG];

bpfTest("a small write costs its bytes and a header, a write of 8 MiB is whole and in order", async () => {
  await using world = new AgentWorld();
  const rounds = world.path("rounds");
  const { code, stderr } = await agentsight(
    [
      ...["trace", "--json", "--no-server", "--no-store", "--rounds", rounds],
      ...["--", python, "-c", work, String(world.tee.port)],
    ],
    { env: world.env() },
  );
  assert.equal(code, 0, stderr);
  const [connection] = plainText(rounds).connections;
  const sent = connection!.data.filter(({ dir }) => dir === "send");
  assert.equal(connection!.bytes("send").length, sends.reduce((sum, size) => sum + size));
  assert.deepEqual(
    sends.map((_, call) =>
      sent.filter((data) => data.call === call).reduce((sum, { bytes }) => sum + bytes.length, 0)
    ),
    sends,
  );
  const big = sent.filter(({ call }) => call === 3);
  assert.deepEqual(
    big.map(({ left = 0 }) => left),
    Array.from({ length: BIG / CHUNK }, (_, i) => BIG - (i + 1) * CHUNK),
  );

  // As the ring holds them: a record takes its size and the frame's header, rounded up to eight.
  const taken: number[] = [];
  for (const { payload } of readRounds(Deno.readFileSync(rounds)).rounds) {
    if (!payload) continue;
    const view = viewOf(payload);
    let used = 0;
    forEachRecord(view, (at, type, size) => {
      used += RECORD_HEADER_BYTES + Math.ceil(size / 8) * 8;
      if (type !== RecordType.TLS_DATA) return;
      const length = view.getUint32(at + tlsData.length, true);
      assert.equal(size, tlsData.size + length);
      taken.push(size);
    });
    assert.equal(used, payload.length, "nothing but records and their frames");
  }
  assert.ok(header.size <= 48 && tlsData.size <= header.size + 32);
  assert.deepEqual(taken.slice(0, 3), sends.slice(0, 3).map((size) => size + tlsData.size));
});
