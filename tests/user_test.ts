/** Under sudo: CMD is the invoking user's, and the recording is theirs to read, not to change. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { plainText } from "./support/plain_text.ts";
import { AgentWorld, python } from "./support/sample_agent.ts";

const nobody = 65534;
const sudo = { SUDO_UID: String(nobody), SUDO_GID: String(nobody), SUDO_USER: "nobody" };
/** Says who it is, and asks over TLS as the first thing it does. */
const work = `
import json, os, sys, urllib.request
print(json.dumps([os.getuid(), os.getgid(), sorted(os.getgroups()), os.environ["HOME"], os.environ["USER"]]))
urllib.request.urlopen(sys.argv[1]).read()`;

bpfTest(
  "CMD runs as the invoking user, whole from its first byte, and cannot touch the evidence",
  async (t) => {
    await using world = new AgentWorld();
    // Where other users may look.
    Deno.chmodSync(dirname(world.tee.caFile), 0o755);
    const rounds = world.path("rounds");
    const { code, events, stderr } = await agentsight(
      [
        "trace",
        "--json",
        "--no-server",
        "--rounds",
        rounds,
        "--",
        python,
        "-c",
        work,
        `${world.tee.url}/v1/models`,
      ],
      { env: { ...sudo, SSL_CERT_FILE: world.tee.caFile } },
    );
    assert.equal(code, 0, stderr);
    const recording = /recording: (\S+)/.exec(stderr)![1]!;
    const asUser = (script: string) =>
      new Deno.Command("setpriv", {
        args: ["--reuid=nobody", "--regid=nogroup", "--init-groups", "sh", "-c", script, "sh", recording],
        stderr: "null",
      }).outputSync();
    try {
      await t.step("its ids, groups and home", () => {
        const said = JSON.parse(stderr.split("\n").find((line) => line.startsWith("["))!);
        assert.deepEqual(said, [nobody, nobody, [nobody], "/nonexistent", "nobody"]);
        const execs = ofKind(events, "process.exec");
        assert.deepEqual(execs.map(({ exe, uid }) => [exe, uid]), [[Deno.realPathSync(python), nobody]]);
      });
      await t.step("held until attached: the first bytes of its first connection are there", () => {
        const [connection, ...more] = plainText(rounds).connections;
        assert.deepEqual(more, []);
        assert.deepEqual(connection?.bytes("send"), new Uint8Array(world.tee.connections[0]!.received));
      });
      await t.step("the recording can be read by that user", async () => {
        assert.match(recording, /^\/var\/lib\/agentsight\/nobody\/[^/]+\.sqlite$/);
        assert.equal(Deno.statSync(recording).uid, 0);
        assert.ok(asUser('cat "$1" > /dev/null').success);
        const report = await agentsight(["report", "summary", recording, "--json"], { uid: nobody });
        assert.equal(report.code, 0, report.stderr);
        assert.equal(JSON.parse(report.stdout).execs, 1);
      });
      await t.step("and neither changed, nor removed, nor replaced", () => {
        for (
          const attempt of [
            'echo >> "$1"',
            'rm -f "$1"',
            'mv "$1" "$1.old"',
            'chmod 666 "$1"',
            'touch "$1-wal"',
          ]
        ) {
          assert.ok(!asUser(attempt).success, attempt);
        }
      });
    } finally {
      Deno.removeSync(recording);
    }
  },
);
