/** A minute of what a busy tree does at its worst, at default sizes, into a recording: nothing is lost. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { ExitCode } from "../src/cli/exit_code.ts";
import { agentsight } from "./support/agentsight.ts";
import { build } from "./support/asker_world.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { python } from "./support/sample_agent.ts";

const SECONDS = 60;
/** Five file events each. */
const CYCLES_PER_MS = 4;
const CYCLES = SECONDS * 1000 * CYCLES_PER_MS;
const FILES = 2000;
const EXECS_PER_S = 300;
const EXECS = SECONDS * EXECS_PER_S;
const source = join(import.meta.dirname!, "../bench/c/storm.c");

const starts = `
import os, subprocess, sys, time
storm = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
storm.stdout.readline()
storm.stdin.write(b"\\n")
storm.stdin.close()
begun = time.monotonic()
for n in range(${EXECS}):
    ahead = begun + n / ${EXECS_PER_S} - time.monotonic()
    if ahead > 0: time.sleep(ahead)
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
print(storm.stdout.read().decode(), time.monotonic() - begun, file=sys.stderr)
sys.exit(storm.wait())`;

bpfTest("20,000 file events and 300 programs a second for a minute: all of them recorded", async () => {
  const dir = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "agentsight-storm-" }));
  const [program, work, db] = [join(dir, "storm"), join(dir, "work"), join(dir, "recording.sqlite")];
  Deno.mkdirSync(work);
  await build(["gcc", "-O2", "-o", program, source]);
  const { code, stderr } = await agentsight(
    [
      ...["record", "--db", db, "--port", "0", "--strict", "--"],
      ...[python, "-c", starts, program, work, String(FILES), String(CYCLES), String(CYCLES_PER_MS)],
    ],
    { patience_ms: 3 * SECONDS * 1000 },
  );
  assert.ok(code === 0 || code === ExitCode.evidenceLost, stderr);
  using recording = new DatabaseSync(db, { readOnly: true });
  assert.deepEqual(recording.prepare("SELECT class, reason, unit, count FROM loss").all(), []);
  assert.equal(code, 0, stderr);
  const count = (kind: string, where = "1") =>
    Number(
      recording.prepare(
        `SELECT coalesce(sum(coalesce(json_extract(json, '$.count'), 1)), 0) AS n FROM events
         WHERE kind = ? AND ${where}`,
      ).get(kind)?.n,
    );
  const ours = `json_extract(json, '$.path') LIKE '${work}/module_%/%'`;
  assert.equal(count("file.open", ours), 2 * CYCLES);
  assert.equal(count("file.close", ours), 2 * CYCLES);
  assert.equal(count("file.unlink", ours), CYCLES);
  assert.equal(count("process.exec", "json_extract(json, '$.argv[0]') = 'true'"), EXECS);
  Deno.removeSync(dir, { recursive: true });
});
