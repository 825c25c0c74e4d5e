/** Without a feature of the kernel, the fallback gives the same evidence. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { optionalFeatures } from "../src/capture/feature_names.ts";
import type { Event } from "../src/event.ts";
import { AgentSight, agentsight } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { assertCaptured } from "./support/ground_truth.ts";
import { TlsTee } from "./support/tls_tee.ts";
import { WaitingProcess } from "./support/waiting_process.ts";

const client = join(import.meta.dirname!, "support/tls_clients/sizes.py");
const sizes = [0, 1024, 16_384, 300_000];
/** Its TLS is seen at another boundary. */
const fetched = `await (await fetch(Deno.args[0] + "/down/40000")).text()`;
/** It runs before it is watched, so that it has to be listed. */
const script = `
echo ready; read -r _
/usr/bin/python3 ${client} "$1" "$2" ${sizes.join(" ")}
DENO_DIR=$PWD/cache DENO_NO_UPDATE_CHECK=1 "$3" eval --cert "$2" "$4" "$1"
mkdir -p deep/er; cd deep/er
echo one >a; cat a >>b; mv b ../c; cat ../c ../none; rm ../c; cd ../..
printf 'two\\n' | cat
(exit 3); exit 0`;

bpfTest("each fallback captures what the kernel's newest way does", async (t) => {
  const expected = await capture([]);
  // Of what is compared, something has to be there.
  for (
    const kind of ["process.running", "process.exec", "file.open", "file.close", "file.rename", "net.connect"]
  ) {
    assert.ok(expected.some((line) => line.startsWith(`${kind} `)), kind);
  }
  for (const without of [...optionalFeatures.map((feature) => [feature]), optionalFeatures]) {
    await t.step(`without ${without.join(", ")}`, async () => {
      assert.deepEqual(await capture(without), expected);
    });
  }
});

bpfTest("doctor names the fallback of each", async () => {
  const { stdout, code } = await agentsight(["doctor", "--json", "--without", optionalFeatures.join(",")]);
  assert.equal(code, 0);
  const { features } = JSON.parse(stdout) as {
    features: { feature: string; found: boolean; needed: boolean; fallback?: string }[];
  };
  const missing = features.filter(({ found }) => !found);
  assert.equal(missing.length, optionalFeatures.length);
  for (const { feature, needed, fallback } of missing) {
    assert.equal(needed, false, feature);
    assert.ok(fallback, feature);
  }
});

/** What was seen of the script, in an order of its own, without what differs between any two runs. */
async function capture(without: readonly string[]): Promise<string[]> {
  const directory = Deno.makeTempDirSync({ prefix: "agentsight-features-" });
  const rounds = `${directory}.rounds`;
  await using tee = new TlsTee(answer);
  await using shell = new WaitingProcess([
    "/bin/sh",
    "-c",
    script,
    "sh",
    tee.url,
    tee.caFile,
    Deno.execPath(),
    fetched,
  ], {
    cwd: directory,
  });
  await shell.ready();
  const options = ["--json", "--no-server", "--no-store", "--fold", "none", "--resources", "0"];
  const masked = without.length ? ["--without", without.join(",")] : [];
  await using trace = new AgentSight([
    "trace",
    ...options,
    ...masked,
    "--rounds",
    rounds,
    "--pid",
    `${shell.pid}`,
  ]);
  await trace.watching();
  await shell.go();
  await trace.event("process.exit", ({ pid }) => pid === shell.pid);
  const { events, code, stderr } = await trace.stop();
  assert.equal(code, 0, stderr);
  assert.equal(assertCaptured(tee, rounds, { events }), 2 * sizes.length + 1);
  Deno.removeSync(rounds);
  Deno.removeSync(directory, { recursive: true });
  const sessions = new Set(events.filter(({ kind }) => kind.startsWith("process.")).map((e) => e.session));
  const lines = events.flatMap((event) => described(event, directory) ?? []);
  return [`${sessions.size} sessions`, ...lines.sort()];
}

function answer(request: Request): Response {
  return new Response("x".repeat(Number(new URL(request.url).pathname.split("/")[2] ?? 0)));
}

function described(event: Event, directory: string): string | null {
  const { kind, comm } = event;
  if (event.kind === "loss") return `${kind} ${event.class} ${event.reason} ${event.count}`;
  if (event.kind === "process.running") return `${kind} ${comm} ${event.exe} ${event.argv[0]}`;
  if (event.kind === "process.exec") return `${kind} ${event.exe} ${event.argv.slice(0, 2).join(" ")}`;
  if (event.kind === "process.exit") return `${kind} ${comm} ${event.code}`;
  if (event.kind === "process.fork") return `${kind} ${comm}`;
  if (event.kind === "net.connect") return `${kind} ${event.addr} ${event.result}`;
  if (!kind.startsWith("file.")) return null;
  const own = ["seq", "ts", "kind", "pid", "tid", "start", "session", "ino"];
  const text = JSON.stringify(event, (key, value) => own.includes(key) ? undefined : value);
  // What a runtime keeps there differs from run to run.
  return text.includes(`${directory}/deep`) ? `${kind} ${text.replaceAll(directory, "DIR")}` : null;
}
