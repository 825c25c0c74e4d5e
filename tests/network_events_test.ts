/** What sockets of a traced program leave behind, against a program that says what it did with them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Event, NetworkEvent } from "../src/event.ts";
import { AgentSight, agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { inOwnNetwork } from "./support/own_network.ts";
import { python } from "./support/sample_agent.ts";
import { WaitingProcess } from "./support/waiting_process.ts";

const programs = join(import.meta.dirname!, "support/programs");
const deeds = join(programs, "network_deeds.py");

interface Ends {
  readonly server: number;
  readonly client: number;
}

interface Deeds {
  readonly pid: number;
  readonly v4: Ends;
  readonly v6: Ends;
  readonly mapped: Ends;
  readonly datagrams: readonly [number, number];
  readonly connected: number;
  readonly taken: number;
  readonly later: { readonly to: number; readonly result: number };
  readonly full: number;
  readonly fast: number;
  readonly closed: Readonly<Record<"dup2" | "close_range" | "shared" | "exec" | "kept", number>>;
}

type Fields = Readonly<Record<string, unknown>>;

bpfTest("every socket of a traced program: made, named, connected, used and closed", async (t) => {
  const home = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "agentsight-sockets-" }));
  const command = inOwnNetwork([python, deeds, home]);
  const { code, events, stderr } = await agentsight(
    ["trace", "--json", "--no-server", "--no-store", "--fold", "none", "--strict", "--", ...command],
  );
  Deno.removeSync(home, { recursive: true });
  assert.equal(code, 0, stderr);
  const did: Deeds = JSON.parse(stderr.split("\n").find((line) => line.startsWith("{"))!);
  const all = factsOf(events, did.pid);
  const facts = (holds: (fact: Fields) => boolean) => all.filter(holds);
  const at = (...ports: number[]) =>
    facts(({ port, local_port }) => ports.includes(port as number) || ports.includes(local_port as number));
  const named = (addr: string) => facts((fact) => fact["addr"] === addr);

  const inet = (addr: string, port: number) => ({
    family: addr.includes(":") ? "inet6" : "inet",
    addr,
    port,
  });
  const stream = { transport: "stream" };
  const close = (sent_bytes: number, received_bytes: number, local_port = 0) => ({
    ...{ kind: "net.close", transport: "stream", local_port, sent_bytes, received_bytes },
  });

  /** A server that is found at `addr` and answers from `from`, and the client that finds it as `as`. */
  const exchange = (
    { server, client }: Ends,
    addr: string,
    { any, as = addr }: { any: string; as?: string },
  ) => [
    { kind: "net.bind", ...inet(addr, server), result: 0 },
    { kind: "net.listen", ...inet(addr, server), backlog: 5, result: 0 },
    { kind: "net.connect", ...inet(as, server), ...stream, result: 0 },
    { kind: "net.accept", ...inet(addr, client), local_port: server, result: 0 },
    { ...close(1000, 300, client), ...inet(as, server) },
    { ...close(300, 1000, server), ...inet(addr, client) },
    { ...close(0, 0, server), ...inet(any, 0) },
  ];
  await t.step("over IPv4, over IPv6, and over IPv4 through a socket of IPv6", () => {
    const { v4, v6, mapped } = did;
    assert.deepEqual(at(v4.server), exchange(v4, "127.0.0.1", { any: "0.0.0.0" }));
    assert.deepEqual(at(v6.server), exchange(v6, "::1", { any: "::" }));
    assert.deepEqual(
      at(mapped.server),
      exchange(mapped, "127.0.0.1", { any: "0.0.0.0", as: "::ffff:127.0.0.1" }),
    );
  });
  await t.step("of this machine, by a path and by an abstract name", () => {
    const exchanged = (addr: string, transport = "stream") => {
      const end = { family: "unix", addr, port: 0 };
      return [
        { kind: "net.bind", ...end, result: 0 },
        { kind: "net.listen", ...end, backlog: 5, result: 0 },
        { kind: "net.connect", ...end, transport, result: 0 },
        { kind: "net.accept", ...end, local_port: 0, result: 0 },
        ...[close(1000, 300), close(300, 1000), close(0, 0)].map((closed) => ({
          ...closed,
          ...end,
          transport,
        })),
      ];
    };
    assert.deepEqual(named(join(home, "stream")), exchanged(join(home, "stream")));
    assert.deepEqual(named(join(home, "packets")), exchanged(join(home, "packets"), "seqpacket"));
    const abstract = `@agentsight-${did.pid}`;
    assert.deepEqual(named(abstract), exchanged(abstract));
  });
  await t.step("a pair is told of when something passed through it", () => {
    const pair = named("").filter(({ transport, sent_bytes, received_bytes }) =>
      transport === "stream" && Number(sent_bytes) + Number(received_bytes) > 0
    );
    const nobody = { family: "unix", addr: "", port: 0 };
    assert.deepEqual(pair, [{ ...close(77, 0), ...nobody }, { ...close(0, 77), ...nobody }]);
  });
  await t.step("the first datagram of a socket to each address, an empty one too", () => {
    const sent = facts(({ kind, family }) => kind === "net.send" && family === "inet");
    const [first, second] = did.datagrams.map((port) => ({ kind: "net.send", ...inet("127.0.0.1", port) }));
    const raw = { kind: "net.send", ...inet("127.0.0.1", 0) };
    assert.deepEqual(sent, [first, second, first, raw]);
    const sink = { family: "unix", addr: `@agentsight-sink-${did.pid}`, port: 0 };
    assert.deepEqual(named(sink.addr), [
      { kind: "net.bind", ...sink, result: 0 },
      { kind: "net.send", ...sink },
      { ...close(0, 0), ...sink, transport: "datagram" },
    ]);
  });
  await t.step(
    "datagrams of a connected socket, several in a call, and not counted when only looked at",
    () => {
      const [first, second] = did.datagrams;
      const datagram = { transport: "datagram" };
      assert.deepEqual(at(did.connected, second).filter(({ kind }) => kind !== "net.send"), [
        { kind: "net.bind", ...inet("127.0.0.1", second), result: 0 },
        { kind: "net.connect", ...inet("127.0.0.1", second), ...datagram, result: 0 },
        { ...close(0, 123, second), ...inet("0.0.0.0", 0), ...datagram },
        { ...close(123, 0, did.connected), ...inet("127.0.0.1", second), ...datagram },
      ]);
      assert.deepEqual(at(first).at(-1), { ...close(0, 9, first), ...inet("0.0.0.0", 0), ...datagram });
    },
  );
  await t.step("what did not work", () => {
    const end = inet("127.0.0.1", did.taken);
    assert.deepEqual(at(did.taken).slice(0, 4), [
      { kind: "net.bind", ...end, result: 0 },
      { kind: "net.bind", ...end, result: -98 },
      { kind: "net.accept", ...end, local_port: did.taken, result: -22 },
      { kind: "net.connect", ...end, ...stream, result: -111 },
    ]);
    const nowhere = { family: "unix", addr: join(home, "nowhere"), port: 0 };
    assert.deepEqual(named(nowhere.addr), [{ kind: "net.connect", ...nowhere, ...stream, result: -2 }]);
    const failed = facts(({ kind, result }) => kind === "net.socket" && result !== 0);
    assert.deepEqual(failed, [{ kind: "net.socket", family: "45", ...stream, protocol: 0, result: -97 }]);
    const listen = facts(({ kind, result }) => kind === "net.listen" && result !== 0);
    assert.deepEqual(listen, [{ kind: "net.listen", ...inet("0.0.0.0", 0), backlog: 128, result: -95 }]);
  });
  const connects = (port: number) =>
    at(port).filter(({ kind }) => kind === "net.connect").map(({ result }) => result);
  await t.step("a connect that is not waited for ends as it does, or never", () => {
    assert.equal(did.later.result, -115);
    assert.deepEqual(connects(did.later.to), [-111]);
    // One was accepted by the machine; the queue was full for the others.
    assert.deepEqual(connects(did.full), [0, -115, -115]);
  });
  await t.step("a send that connects", () => {
    const [, , fast] = at(did.fast);
    assert.deepEqual(fast, { kind: "net.connect", ...inet("127.0.0.1", did.fast), ...stream, result: 0 });
    // Six more by connect; the one that takes a connection back is none.
    assert.deepEqual(connects(did.fast), [0, 0, 0, 0, 0, 0, 0]);
  });
  await t.step(
    "closed once: by dup2, by a range, by the last of those who share it, by exec and by exit",
    () => {
      const closes = Object.entries(did.closed).map(([how, port]) => {
        const closed = at(port).filter(({ kind, local_port }) => kind === "net.close" && local_port === port);
        return [how, closed.map(({ port, sent_bytes, implicit }) => [port, sent_bytes, implicit ?? false])];
      });
      assert.deepEqual(Object.fromEntries(closes), {
        dup2: [[did.fast, 11, false]],
        close_range: [[did.fast, 11, false]],
        shared: [[did.fast, 25, false]],
        exec: [[did.fast, 11, true]],
        kept: [[did.fast, 11, true]],
      });
    },
  );
  await t.step("latency is that of the connection", () => {
    const waited = events.filter((event) => event.kind === "net.connect" && event.pid === did.pid)
      .map((event) => event.kind === "net.connect" ? event.latency_us : -1);
    assert.ok(waited.every((us) => us >= 0 && us < 10_000_000), String(waited));
    assert.ok(waited.some((us) => us > 0));
  });
});

bpfTest(
  "sockets that were open before: from their first use, and what a process had of them at its end",
  async () => {
    await using program = new WaitingProcess([python, join(programs, "opened_before.py")]);
    await program.ready();
    const options = ["--no-server", "--no-store", "--fold", "none", "--strict"];
    await using trace = new AgentSight(["trace", "--json", ...options, "--pid", String(program.pid)]);
    await trace.watching();
    const { server, ports } = JSON.parse(await program.go());
    const { pid } = program;
    await trace.event("process.exit", (event) => event.pid === pid);
    const { code, events, stderr } = await trace.stop();
    assert.equal(code, 0, stderr);
    const closes = ofKind(events, "net.close").filter((event) => event.pid === pid && event.family === "inet")
      .map((
        { addr, port, local_port, sent_bytes, received_bytes, implicit },
      ) => [addr, port, local_port, sent_bytes, received_bytes, implicit ?? false]);
    const [first, second] = ports;
    assert.deepEqual(
      closes.sort(),
      [
        ["127.0.0.1", first, server, 4, 10, true],
        ["127.0.0.1", server, first, 10, 4, false],
        ["127.0.0.1", server, second, 20, 0, true],
      ].sort(),
    );
  },
);

/** What is told of the sockets of one process, in order, without the beginning that every event has. */
function factsOf(events: readonly Event[], pid: number): Fields[] {
  return events.filter((event): event is NetworkEvent => event.pid === pid && event.kind.startsWith("net."))
    .filter(({ kind }) => kind !== "net.peer")
    .map((event) => {
      const { seq: _seq, ts: _ts, session: _session, pid: _pid, tid: _tid, start: _start, ...rest } = event;
      const { comm: _comm, latency_us: _latency, ...fields } = { latency_us: 0, ...rest };
      return fields;
    });
}
