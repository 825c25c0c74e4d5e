/** What addresses are called: by DNS of real resolvers, by TLS and by HTTP, in a network with a name server of its own. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { DnsAnswered, DnsAsked, Event } from "../src/event.ts";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { inOwnNetwork } from "./support/own_network.ts";
import { python } from "./support/sample_agent.ts";

const deeds = join(import.meta.dirname!, "support/programs/name_deeds.py");
const server = "127.0.0.1";

interface Child {
  readonly pid: number;
  readonly said: string;
}

interface Deeds {
  readonly pid: number;
  readonly server: number;
  readonly port: number;
  readonly web: number;
  readonly found: readonly string[];
  readonly alias: string;
  readonly stream: Child;
  readonly truncated: Child;
  readonly node: Child;
}

bpfTest("names that a program asks for, is told and says, and the connections they lead to", async (t) => {
  const resolv = Deno.makeTempFileSync({ prefix: "agentsight-resolv-" });
  Deno.writeTextFileSync(resolv, `nameserver ${server}\n`);
  const command = inOwnNetwork([python, deeds], { resolv });
  const { code, events, stderr } = await agentsight(
    ["trace", "--json", "--no-server", "--no-store", "--fold", "none", "--strict", "--", ...command],
  );
  Deno.removeSync(resolv);
  assert.equal(code, 0, stderr);
  const did: Deeds = JSON.parse(stderr.split("\n").find((line) => line.startsWith("{"))!);
  const dns = (pid: number, name: string) => messages(events, pid).filter((message) => message.name === name);
  const query = (name: string, type = "A") => ({ kind: "dns.query", name, type, server });
  const answer = (name: string, addresses: readonly string[], more = {}) => ({
    ...{ kind: "dns.answer", name, type: "A", server, code: "NOERROR", addresses, aliases: [] },
    ...more,
  });

  await t.step("getaddrinfo of the C library: two questions in one call, two answers", () => {
    assert.deepEqual(did.found, ["127.0.0.2", "::1"]);
    const name = "api.agent.test";
    assert.deepEqual(dns(did.pid, name), [
      ...[query(name), query(name, "AAAA")],
      ...[answer(name, ["127.0.0.2"]), answer(name, ["::1"], { type: "AAAA" })],
    ]);
  });
  await t.step("another name for it", () => {
    assert.equal(did.alias, "127.0.0.2");
    const name = "alias.agent.test";
    const aliases = ["api.agent.test"];
    assert.deepEqual(dns(did.pid, name), [query(name), answer(name, ["127.0.0.2"], { aliases })]);
  });
  await t.step("no such name", () => {
    const name = "nothing.agent.test";
    assert.deepEqual(dns(did.pid, name), [
      ...[query(name), query(name, "AAAA")],
      ...["A", "AAAA"].map((type) => answer(name, [], { type, code: "NXDOMAIN" })),
    ]);
  });
  await t.step("over TCP, and over TCP because the answer did not fit", () => {
    const [api, many] = ["api.agent.test", "many.agent.test"];
    assert.equal(did.stream.said, "1");
    assert.deepEqual(dns(did.stream.pid, api), [query(api), answer(api, ["127.0.0.2"])]);
    assert.equal(did.truncated.said, "60");
    const addresses = Array.from({ length: 60 }, (_, n) => `127.0.1.${n + 1}`);
    assert.deepEqual(dns(did.truncated.pid, many), [
      ...[query(many), answer(many, [])],
      ...[query(many), answer(many, addresses)],
    ]);
  });
  await t.step("c-ares, in node", () => {
    const name = "node.agent.test", addresses = ["127.0.0.3", "127.0.0.4"];
    assert.equal(did.node.said, addresses.join());
    assert.deepEqual(dns(did.node.pid, name), [query(name), answer(name, addresses)]);
  });
  await t.step("who answers asks nothing", () => {
    assert.deepEqual(messages(events, did.server), []);
  });

  const hosts = (addr: string) =>
    ofKind(events, "net.connect").filter((event) =>
      event.pid === did.pid && event.addr === addr && event.transport === "stream"
    ).map(({ host }) => host);
  const said = (addr: string) =>
    ofKind(events, "net.host").filter((event) => event.addr === addr)
      .map(({ port, host, source, tunnelled }) => [port, host, source, tunnelled ?? false]);
  await t.step("a connection to an address is one to its name, and so is its end", () => {
    assert.deepEqual(hosts("127.0.0.2"), ["api.agent.test"]);
    const closed = ofKind(events, "net.close").filter(({ addr, transport }) =>
      addr === "127.0.0.2" && transport === "stream"
    );
    assert.deepEqual(closed.map(({ host, port }) => [host, port]), [["api.agent.test", did.port]]);
  });
  await t.step("the name in a ClientHello, once; a proxy's address is not called by it", () => {
    assert.deepEqual(said("127.0.0.5"), [
      [did.port, "first.agent.test", "sni", false],
      [did.port, "second.agent.test", "sni", true],
    ]);
    assert.deepEqual(hosts("127.0.0.5"), [undefined, "first.agent.test", "first.agent.test"]);
  });
  await t.step("the host of a request, once", () => {
    assert.deepEqual(said("127.0.0.6"), [[did.web, "web.agent.test", "http", false]]);
    assert.deepEqual(hosts("127.0.0.6"), [undefined, "web.agent.test"]);
  });
});

function messages(events: readonly Event[], pid: number) {
  return events.filter((event): event is DnsAsked | DnsAnswered =>
    event.pid === pid && (event.kind === "dns.query" || event.kind === "dns.answer")
  ).map((event) => {
    const { seq: _seq, ts: _ts, session: _session, pid: _pid, tid: _tid, start: _start, ...rest } = event;
    const { comm: _comm, ...fields } = rest;
    return fields;
  });
}
