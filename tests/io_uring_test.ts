/** What is done without system calls is not seen, and said to be. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { build } from "./support/asker_world.ts";
import { bpfTest } from "./support/bpf_test.ts";

const source = join(import.meta.dirname!, "support/programs/uring.c");
const TIMES = 5;

bpfTest("requests to io_uring are counted as unseen, and who makes them is named", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "agentsight-uring-" });
  const program = join(dir, "uring");
  await build(["gcc", "-O2", "-Wall", "-Werror", "-o", program, source]);
  const { code, events } = await agentsight(
    ["trace", "--json", "--no-server", "--no-store", "--", program, "/etc/hostname", String(TIMES)],
  );
  assert.equal(code, 0);
  const unseen = ofKind(events, "coverage").filter(({ status }) => status === "unseen");
  assert.deepEqual(unseen.map(({ exe }) => exe), [program]);
  const lost = ofKind(events, "loss").filter((loss) => loss.class === "io_uring");
  assert.equal(lost.reduce((sum, { count }) => sum + count, 0), TIMES);
  Deno.removeSync(dir, { recursive: true });
});
