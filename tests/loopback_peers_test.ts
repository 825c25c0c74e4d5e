/** Who is at the other end of a connection within this machine: a server that nobody follows. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { openLibbpf } from "../ffi/libbpf.ts";
import { openLibc } from "../ffi/libc.ts";
import { bootTime } from "../src/capture/clock.ts";
import { loadObjectFiles } from "../src/capture/object_files.ts";
import { procSockets } from "../src/capture/proc_sockets.ts";
import { type HeldSocket, SocketLister } from "../src/capture/sockets.ts";
import { AgentSight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { python } from "./support/sample_agent.ts";

const programs = join(import.meta.dirname!, "support/programs");
const dir = Deno.makeTempDirSync({ prefix: "agentsight-peers-" });

class Python implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(program: string, args: readonly string[] = []) {
    const started = new Deno.Command(python, {
      args: [join(programs, program), ...args],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#child = started;
    this.#writer = started.stdin.getWriter();
    this.#reader = started.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  get pid(): number {
    return this.#child.pid;
  }

  async line(): Promise<string> {
    while (!this.#rest.includes("\n")) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error("Python ended");
      this.#rest += value;
    }
    const end = this.#rest.indexOf("\n");
    const line = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end + 1);
    return line;
  }

  async ask(line: string): Promise<string> {
    await this.#writer.write(new TextEncoder().encode(`${line}\n`));
    return await this.line();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#reader.cancel();
    await this.#child.status;
  }
}

async function echoer(): Promise<{ server: Python; ports: number[]; unix: string[] }> {
  const name = crypto.randomUUID();
  const unix = [`${dir}/${name}`, `@${name}`];
  const server = new Python("echoer.py", [
    ...["inet=127.0.0.1", "inet6=::1", "inet=0.0.0.0"],
    ...unix.map((addr) => `unix=${addr}`),
  ]);
  const lines: string[] = [];
  for (let line = await server.line(); line !== "ready"; line = await server.line()) lines.push(line);
  return { server, ports: lines.slice(0, 3).map(Number), unix };
}

bpfTest("the process at the other end of a loopback connection is named", async () => {
  const { server, ports: [v4, v6, any], unix: [path, abstract] } = await echoer();
  await using _server = server;
  await using talker = new Python("talker.py");
  const args = ["trace", "--json", "--no-server", "--no-store", "--pid", String(talker.pid)];
  await using trace = await new AgentSight(args).watching();
  const exe = Deno.readLinkSync(`/proc/${server.pid}/exe`);
  for (
    const [family, addr, port] of [
      ["inet", "127.0.0.1", v4],
      ["inet6", "::1", v6],
      ["inet", "127.0.0.1", any],
      ["inet", "127.0.0.1", any],
      ["unix", path, 0],
      ["unix", abstract, 0],
    ] as const
  ) {
    const local = Number(await talker.ask(`${family} ${addr} ${port}`));
    const { peer, ...event } = await trace.event(
      "net.peer",
      (event) => event.local_port === local && event.addr === addr,
    );
    assert.deepEqual([event.family, event.port], [family, port]);
    assert.deepEqual([event.pid, peer.pid, peer.comm, peer.exe], [talker.pid, server.pid, "python3", exe]);
    assert.ok(event.start > peer.start, "the server was there first");
  }
  const { events } = await trace.stop();
  assert.equal(ofKind(events, "net.peer").length, 6);
});

bpfTest("a client that is gone at once: the server is named all the same", async () => {
  const { server, ports: [port] } = await echoer();
  await using _server = server;
  const script = `import socket; socket.create_connection(("127.0.0.1", ${port}))`;
  const args = ["trace", "--json", "--no-server", "--no-store", "--", python, "-c", script];
  await using trace = new AgentSight(args);
  const { events, stderr } = await trace.ended();
  assert.deepEqual(ofKind(events, "net.peer").map(({ peer }) => peer.pid), [server.pid], stderr);
});

bpfTest("sockets by the kernel's list and by /proc are the same", async () => {
  const { server, ports, unix } = await echoer();
  await using _server = server;
  await using talker = new Python("talker.py");
  await talker.ask(`inet 127.0.0.1 ${ports[0]}`);
  await talker.ask(`inet6 ::1 ${ports[1]}`);
  for (const addr of unix) await talker.ask(`unix ${addr} 0`);
  const [lib, libc] = [openLibbpf(), openLibc()];
  const boot = bootTime(libc);
  using lister = new SocketLister({ lib, libc }, { image: loadObjectFiles().sockets, boot });
  const listed = lister.list().filter(({ pid }) => pid === server.pid || pid === talker.pid);
  const processes = [server.pid, talker.pid].map((pid) => {
    const { start, comm } = listed.find((held) => held.pid === pid)!;
    return { pid, start, comm, ppid: 0, uid: 0 };
  });
  const shape = (list: ReturnType<typeof procSockets>) =>
    list.map(({ socket: _, peer: __, ...rest }) => rest).toSorted((a, b) => key(a) < key(b) ? -1 : 1);
  const key = (held: Omit<HeldSocket, "socket" | "peer">) =>
    JSON.stringify([held.pid, held.unix, held.state, held.local, held.remote]);
  assert.deepEqual(shape(procSockets(processes)), shape(listed));
  assert.equal(listed.length, 5 + 4 + 4);
  const ends = listed.filter((held) => held.pid === talker.pid && held.unix)
    .map(({ peer }) => listed.find(({ socket }) => socket === peer));
  assert.deepEqual(ends.map((end) => [end?.pid, end?.local.addr]), [
    [server.pid, unix[0]],
    [server.pid, unix[1]],
  ]);
});

Deno.test.afterAll(() => Deno.removeSync(dir, { recursive: true }));
