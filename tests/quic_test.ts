/** The crypto library of a TLS stack encrypts other things too: nothing of them is taken for TLS. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { makeCertificates } from "./support/certificates.ts";
import { plainText } from "./support/plain_text.ts";

const talk = join(import.meta.dirname!, "support/programs/quic_talk.ts");

bpfTest("QUIC through a hooked crypto library is no connection", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "agentsight-quic-" });
  const { cert, key, caFile } = makeCertificates(dir);
  const files = [join(dir, "cert.pem"), join(dir, "key.pem"), caFile];
  Deno.writeTextFileSync(files[0]!, cert);
  Deno.writeTextFileSync(files[1]!, key);
  const rounds = join(dir, "rounds");
  const { code, events } = await agentsight([
    ...["trace", "--json", "--no-server", "--no-store", "--strict", "--rounds", rounds, "--"],
    ...[Deno.execPath(), "run", "-A", "--unstable-net", "--no-config", "--no-check", talk, ...files],
  ]);
  assert.equal(code, 0);
  assert.deepEqual(plainText(rounds).connections, []);
  assert.deepEqual([...ofKind(events, "coverage"), ...ofKind(events, "loss")], []);
  Deno.removeSync(dir, { recursive: true });
});
