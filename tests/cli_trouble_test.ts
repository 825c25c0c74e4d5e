/** A machine that does not let us: what is said, and with which exit code. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";

const quiet = ["--no-server", "--no-store"];
const nobody = 65534;
const object = join(import.meta.dirname!, `../dist/bpf/process.${Deno.build.arch}.o`);
/** An empty file over the library, for this process only. */
const withoutLibbpf = `for lib in $(ldconfig -p | sed -n 's/.*libbpf.so.1.* => //p'); do
  mount --bind /dev/null "$(readlink -f "$lib")"; done`;

bpfTest("CMD that is not there: 127, and nothing was started", async () => {
  const { code, stderr } = await agentsight(["trace", ...quiet, "--", "no-such-program"]);
  assert.ok(stderr.includes("Cannot run no-such-program: not found. Check the name, or give its full path"));
  assert.equal(code, 127);
});

bpfTest("a recording that exists is not overwritten", async () => {
  const db = Deno.makeTempFileSync({ suffix: ".sqlite" });
  const { code, stderr } = await agentsight(["trace", "--no-server", "--db", db, "--", "true"]);
  assert.ok(stderr.includes(`Cannot create the recording ${db}: it exists already.`), stderr);
  assert.equal(code, 4);
  assert.equal(Deno.statSync(db).size, 0);
  Deno.removeSync(db);
});

bpfTest("without root: the command to run instead", async () => {
  const { code, stderr } = await agentsight(["trace"], { uid: nobody });
  assert.ok(stderr.includes("Cannot capture: not root. Run: sudo agentsight trace"), stderr);
  assert.equal(code, 3);
});

bpfTest("without libbpf: the package to install", async () => {
  const { code, stderr } = await agentsight(["trace", ...quiet], { mounts: withoutLibbpf });
  assert.ok(stderr.includes("Cannot open libbpf.so.1"), stderr);
  assert.ok(stderr.includes("apt-get install libbpf1"), stderr);
  assert.equal(code, 3);
});

bpfTest("with a broken BPF object: which, and CMD does not run", async () => {
  const dir = Deno.makeTempDirSync();
  Deno.writeTextFileSync(join(dir, "broken"), "no object");
  const { code, stderr } = await agentsight(["trace", ...quiet, "--", "touch", join(dir, "ran")], {
    mounts: `mount --bind ${dir}/broken ${object}`,
  });
  assert.match(stderr, /agentsight: Cannot [^\n]*process/);
  assert.equal(code, 3);
  assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name), ["broken"]);
  Deno.removeSync(dir, { recursive: true });
});

bpfTest(
  "a taken port: the next one, and it says so; a second trace: both record, and it says so",
  async () => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = taken.addr;
    const command = ["--", "sh", "-c", "exec sh -c 'exit 7'"];
    const [first, second] = await Promise.all(
      [1, 2].map(() => agentsight(["trace", "--json", "--no-store", "--port", String(port), ...command])),
    );
    for (const { code, stderr, events } of [first!, second!]) {
      assert.equal(code, 7);
      assert.ok(stderr.includes(`port ${port} is taken, using the next free one`), stderr);
      const page = /web page: http:\/\/127\.0\.0\.1:(\d+)\/?\?token=/.exec(stderr);
      assert.ok(Number(page?.[1]) > port, stderr);
      assert.equal(ofKind(events, "process.exec").length, 2);
    }
    assert.ok(/another trace runs already/.test(first!.stderr + second!.stderr));
  },
);

bpfTest("a full disk: said, exit code 4, CMD goes on, and what was written is there", async () => {
  const disk = Deno.makeTempDirSync({ prefix: "agentsight-full-" });
  await run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk);
  try {
    const db = join(disk, "events.sqlite");
    const work = `import os
for n in range(20000): os.path.exists("x"); os.close(os.open("/tmp", os.O_RDONLY)) if n % 2 else open("/dev/null").close()
open("${disk.replace("full", "done")}", "w").close()`;
    const { code, stderr } = await agentsight(
      ["record", "--no-server", "--fold", "none", "--db", db, "--", "/usr/bin/python3", "-c", work],
    );
    assert.match(stderr, /agentsight: Cannot [^\n]*(full|space)/);
    assert.equal(code, 4);
    Deno.removeSync(disk.replace("full", "done"));
    const report = await agentsight(["report", "summary", db, "--json"]);
    assert.equal(report.code, 0, report.stderr);
    assert.equal(JSON.parse(report.stdout).execs, 1);
  } finally {
    await run("umount", "--lazy", disk);
    Deno.removeSync(disk);
  }
});

async function run(program: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}
