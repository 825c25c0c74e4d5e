/** What 32-bit code sends: other numbers of calls, and other layouts of what they point at. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { inOwnNetwork } from "./support/own_network.ts";

const source = join(import.meta.dirname!, "support/programs/legacy_datagrams.c");
const PORTS = [53, 1053, 2053];

bpfTest("datagrams of 32-bit code: to whom, what of DNS, and how much", async () => {
  // The interrupt is x86's.
  if (Deno.build.arch !== "x86_64") return;
  const program = Deno.makeTempFileSync({ prefix: "agentsight-legacy-" });
  const built = new Deno.Command("gcc", { args: ["-static", "-no-pie", "-o", program, source] }).outputSync();
  assert.ok(built.success, new TextDecoder().decode(built.stderr));
  const command = inOwnNetwork([program, ...PORTS.map(String)]);
  const { code, events, stderr } = await agentsight(
    ["trace", "--json", "--no-server", "--no-store", "--fold", "none", "--strict", "--", ...command],
  );
  Deno.removeSync(program);
  assert.equal(code, 0, stderr);
  const [exec] = ofKind(events, "process.exec").filter(({ exe }) => exe === program);
  const own = events.filter(({ pid }) => pid === exec?.pid);
  const [first, second, third] = PORTS;
  assert.deepEqual(
    ofKind(own, "net.send").map(({ family, addr, port }) => [family, addr, port]),
    [first, second, third].map((port) => ["inet", "127.0.0.1", port]),
  );
  assert.deepEqual(
    ofKind(own, "dns.query").map(({ name, type, server }) => [name, type, server]),
    [1, 2, 3].map(() => ["a.example", "A", "127.0.0.1"]),
  );
  assert.deepEqual(
    ofKind(own, "net.close").map(({ transport, sent_bytes }) => [transport, sent_bytes]),
    [["datagram", 3 * 27], ["datagram", 2 * 27]],
  );
});
