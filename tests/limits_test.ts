/** Limits are exact: what is beyond them is counted, and what must not be missed is there whatever the others do. */
import assert from "node:assert/strict";
import type { Event, Kind } from "../src/event.ts";
import { agentsight, ofKind, type Outcome } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { python } from "./support/sample_agent.ts";

const OPENS = 20_000;
const OTHERS = 50;

/** As fast as it goes: opens and closes, and now and then what must not be missed. */
const storm = `
import os, socket, sys
os.chdir(sys.argv[1])
nobody = socket.socket()
nobody.bind(("127.0.0.1", 0))
for n in range(${OPENS}):
    os.close(os.open("file", os.O_CREAT | os.O_WRONLY))
    if n % ${OPENS / OTHERS} == 0:
        os.close(os.open("a", os.O_CREAT | os.O_WRONLY))
        os.rename("a", "b")
        os.unlink("b")
        socket.socket().connect_ex(nobody.getsockname())
        os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)`;

async function traced(options: readonly string[], program: string): Promise<Outcome & { dir: string }> {
  const dir = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "agentsight-limits-" }));
  const always = ["trace", "--json", "--no-server", "--no-store", "--fold", "none"];
  const outcome = await agentsight([...always, ...options, "--", python, "-c", program, dir]);
  Deno.removeSync(dir, { recursive: true });
  return { ...outcome, dir };
}

function lost(events: readonly Event[], what: string, reason: string): number {
  return ofKind(events, "loss").filter((loss) => loss.class === what && loss.reason === reason)
    .reduce((sum, { count }) => sum + count, 0);
}

bpfTest(
  "one process that does too much is throttled, exactly, and hides nothing that must be seen",
  async () => {
    const { code, events, dir } = await traced(["--max-rate", "2000"], storm);
    assert.equal(code, 0);
    const within = (kind: "file.open" | "file.close") =>
      ofKind(events, kind).filter(({ path }) => path.startsWith(dir)).length;
    const throttled = lost(events, "file", "throttled");
    assert.ok(throttled > OPENS / 2, `${throttled} throttled`);
    const files = ofKind(events, "file.open").length + ofKind(events, "file.close").length;
    assert.ok(within("file.open") > 0 && within("file.open") < OPENS);
    // Those of the interpreter's own start and of its children as well: all of them are either told or counted.
    const { events: all } = await traced(["--max-rate", "0"], storm);
    assert.deepEqual(ofKind(all, "loss"), []);
    const performed = ofKind(all, "file.open").length + ofKind(all, "file.close").length;
    assert.equal(files + throttled, performed);
    const seen = (kind: Kind) => events.filter((event) => event.kind === kind).length;
    assert.equal(seen("file.rename"), OTHERS);
    assert.equal(ofKind(events, "file.unlink").filter(({ path }) => path === `${dir}/b`).length, OTHERS);
    assert.equal(ofKind(events, "process.exec").filter(({ argv }) => argv[0] === "true").length, OTHERS);
    assert.equal(ofKind(events, "net.connect").filter(({ result }) => result === -111).length, OTHERS);
  },
);

bpfTest("open files beyond the limit are counted", async () => {
  const many = `
import os, sys
os.chdir(sys.argv[1])
files = [os.open(str(n), os.O_CREAT | os.O_WRONLY) for n in range(200)]
for file in files: os.write(file, b"x")
for file in files: os.close(file)`;
  const { events, dir } = await traced(["--max-files", "64"], many);
  const opened = ofKind(events, "file.open").filter(({ path }) => path.startsWith(dir));
  const closed = ofKind(events, "file.close").filter(({ path }) => path.startsWith(dir));
  assert.equal(opened.length, 200);
  assert.ok(closed.length > 0 && closed.length < 200);
  assert.ok(lost(events, "file", "too many open files to follow") >= 200 - closed.length);
});

bpfTest(
  "thousands of files that a process leaves open are closed with it, and looked through in little time",
  async () => {
    const many = `
import os, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (20_000, 20_000))
os.chdir(sys.argv[1])
for n in range(6_000): os.write(os.open(str(n % 10), os.O_CREAT | os.O_WRONLY), b"x")`;
    const { events, dir } = await traced(["--max-rate", "0"], many);
    const closed = ofKind(events, "file.close").filter(({ path }) => path.startsWith(dir));
    assert.equal(closed.length, 6000);
    assert.ok(closed.every(({ implicit, written_bytes }) => implicit && written_bytes === 1));
    assert.deepEqual(ofKind(events, "loss"), []);
  },
);

bpfTest("processes beyond the limit are counted", async () => {
  const many = `
import os, signal
children = []
for n in range(60):
    pid = os.fork()
    if pid == 0: signal.pause(); os._exit(0)
    children.append(pid)
for pid in children: os.kill(pid, signal.SIGKILL); os.waitpid(pid, 0)`;
  const { events } = await traced(["--max-processes", "16"], many);
  const followed = ofKind(events, "process.fork").length;
  assert.ok(followed > 0 && followed < 60);
  assert.equal(followed + lost(events, "process", "too many processes to follow"), 60);
});

bpfTest("connections thrown out for newer ones are counted", async () => {
  const many = `
import socket, ssl, time
context = ssl.create_default_context()
tls = [context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="a") for n in range(400)]
time.sleep(1.5)
pairs = [socket.socketpair() for n in range(200)]
for n in range(400): context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="a")`;
  const { events } = await traced(["--max-connections", "128"], many);
  const [tls, plain] = ["tls", "plain"].map((what) =>
    lost(events, what, `too many ${what === "tls" ? "connections" : "streams"} at once to follow`)
  );
  // 400 that stay, 400 that are freed one by one; 128 have room.
  assert.ok(tls! >= 400 - 128 && tls! <= 401, `${tls} of TLS`);
  assert.ok(plain! >= 400 - 128 && plain! <= 400, `${plain} in plain text`);
  const { events: all } = await traced([], many);
  assert.deepEqual(ofKind(all, "loss"), []);
});
