/** JSON-RPC over stdio: each direction once, whoever is tracked; and nothing else that pipes and terminals carry. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { concat } from "../src/bytes.ts";
import { PayloadDecoder } from "../src/capture/decode_payload.ts";
import { readRounds } from "../src/capture/round_file.ts";
import type { StreamRecord } from "../src/protocol/stream_record.ts";
import { AgentSight, agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { plainText } from "./support/plain_text.ts";

const programs = join(import.meta.dirname!, "support/plain_clients");
const python = "/usr/bin/python3";
const options = ["trace", "--json", "--no-server", "--no-store"];
const parameters = [{ a: 1 }, { b: "x".repeat(300_000) }, { c: 3 }];
const requests = parameters.map((params, id) => line({ method: "tools/call", params, id })).join("");
const answers = parameters.map((params, id) => line({ result: { echo: params }, id })).join("");

for (
  const [name, transport, command] of [
    ["python over pipes", "pipe", [python, join(programs, "rpc.py")]],
    ["node over pairs of sockets", "unix", ["node", join(programs, "rpc.mjs")]],
  ] as const
) {
  bpfTest(`${name}: both directions, once, and who is at each end`, async () => {
    const { records, rounds, losses } = await traced(command);
    assert.deepEqual(losses, []);
    const opens = records.filter((record) => record.type === "open");
    assert.deepEqual(opens.map(({ transport, speaks }) => [transport, speaks]), [
      [transport, "json-rpc"],
      [transport, "json-rpc"],
    ]);
    const said = opens.map(({ conn }) => text(records, conn));
    assert.deepEqual(new Set(said.map(summary)), new Set([requests, answers].map(summary)));
    // Each stream has a writer and a reader, and they are the two processes.
    for (const { conn } of opens) {
      const { writer, reader } = endsOf(records, conn);
      assert.ok(writer && reader && writer !== reader, `${conn}: ${writer} to ${reader}`);
    }
    assert.notEqual(endsOf(records, opens[0]!.conn).writer, endsOf(records, opens[1]!.conn).writer);
    assert.equal(plainText(rounds).connections.length, 2);
  });
}

bpfTest("a server alone, whose client nobody follows: both directions", async () => {
  const rounds = join(Deno.makeTempDirSync({ prefix: "agentsight-rpc-" }), "rounds");
  await using running = new AgentSight([...options, "--rounds", rounds, "--exe", python]);
  await running.watching();
  const server = new Deno.Command(python, {
    args: [join(programs, "rpc.py"), "serve"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = server.stdin.getWriter();
  await writer.write(new TextEncoder().encode(requests));
  await writer.close();
  const { stdout } = await server.output();
  assert.ok(new TextDecoder().decode(stdout).endsWith(answers));
  await running.event("process.exit", ({ pid }) => pid === server.pid);
  await running.stop();
  const { records } = read(rounds);
  const opens = records.filter((record) => record.type === "open");
  const said = opens.map(({ conn }) => summary(text(records, conn)));
  assert.deepEqual(new Set(said), new Set([requests, answers].map(summary)));
  for (const { conn } of opens) {
    assert.ok(Object.values(endsOf(records, conn)).every((pid) => pid === server.pid));
  }
});

bpfTest("what is typed, and text in pipes, is in no record", async () => {
  const secrets = ["typed-Xk2vQ9", "piped-Bw7nT4", "json-Rm5cL8", "lsp-Hd3fZ6", "socket-Gp1sV0"];
  const [typed, piped, json, lsp, socket] = secrets;
  const framed = (body: string) => `Content-Length: ${body.length}\\r\\n\\r\\n${body}`;
  const pair = `import socket
a, b = socket.socketpair()
for _ in range(40): a.sendall(b"HELO ${socket}"); b.recv(100)
s = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
s[0].send(b"GET / HTTP/1.1 ${socket}")`;
  const script = `
    (sleep 0.2; echo 'echo ${typed}'; sleep 0.2; echo exit) | script -qc "sh -i" /dev/null >/dev/null
    for i in 1 2 3 4 5 6; do echo "plain ${piped} $i"; done | cat | cat >/dev/null
    echo '{"level":"info","text":"${json}"}' | cat >/dev/null
    printf '${framed(`{"jsonrpc":"2.0","method":"${lsp}"}`)}' | cat >/dev/null
    ${python} -c '${pair}'`;
  const { payload, records } = await traced(["sh", "-c", script]);
  assert.deepEqual(records.filter(({ type }) => type === "open"), []);
  const all = new TextDecoder("latin1").decode(payload);
  for (const secret of secrets) assert.ok(!all.includes(secret!), secret);
});

interface Traced {
  readonly records: readonly StreamRecord[];
  readonly rounds: string;
  /** As it left the kernel. */
  readonly payload: Uint8Array;
  readonly losses: readonly unknown[];
}

async function traced(command: readonly string[]): Promise<Traced> {
  const rounds = join(Deno.makeTempDirSync({ prefix: "agentsight-rpc-" }), "rounds");
  const { code, events, stderr } = await agentsight([...options, "--rounds", rounds, "--", ...command]);
  assert.equal(code, 0, stderr);
  return { ...read(rounds), rounds, losses: ofKind(events, "loss") };
}

function read(rounds: string): Pick<Traced, "records" | "payload"> {
  const file = readRounds(Deno.readFileSync(rounds));
  const decoder = new PayloadDecoder(file.boot);
  const records: StreamRecord[] = [];
  const parts = file.rounds.flatMap(({ payload }) => payload ? [payload] : []);
  for (const part of parts) decoder.decode(part, records);
  assert.equal(decoder.takeMalformed(), 0);
  return { records, payload: concat(parts) };
}

function line(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...fields, jsonrpc: "2.0" }) + "\n";
}

function text(records: readonly StreamRecord[], conn: number): string {
  const parts = records.filter((record) => record.type === "data" && record.conn === conn);
  let end: number | null = null;
  let whole = "";
  for (const part of parts) {
    if (part.type !== "data") continue;
    assert.equal(part.pos, end ?? part.pos);
    end = part.pos + part.bytes.length;
    whole += new TextDecoder().decode(part.bytes);
  }
  return whole;
}

/** Short enough to be shown where it differs. */
function summary(text: string): string {
  return `${text.length} ${text.replace(/x{100,}/g, (run) => `x*${run.length}`)}`;
}

function endsOf(records: readonly StreamRecord[], conn: number): { writer?: number; reader?: number } {
  const ends: { writer?: number; reader?: number } = {};
  for (const record of records) {
    if (record.type === "reader" && record.conn === conn) ends.reader = record.actor.pid;
    if (record.type === "writer" && record.conn === conn) ends.writer = record.actor.pid;
    if (record.type !== "data" || record.conn !== conn) continue;
    if (record.dir === "send") ends.writer = record.actor.pid;
    else ends.reader = record.actor.pid;
  }
  return ends;
}
