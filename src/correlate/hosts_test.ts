import { deepEqual, equal } from "node:assert/strict";
import type { Draft, HttpExchanged, Micros, SessionId } from "../event.ts";
import { Hosts } from "./hosts.ts";

const tree = "a-1" as SessionId;
const head = { pid: 1, tid: 1, start: 0 as Micros, comm: "x", ts: 1 as Micros };
const end = { family: "inet", port: 443 } as const;

function answered(name: string, ...addresses: string[]): Draft {
  return {
    ...{ kind: "dns.answer", ...head, name, type: "A", server: "127.0.0.53", code: "NOERROR" },
    ...{ addresses, aliases: [] },
  };
}

function connected(addr: string): Draft {
  return { kind: "net.connect", ...head, ...end, addr, transport: "stream", result: 0, latency_us: 1 };
}

function said(addr: string, host: string, more: { pid?: number; tunnelled?: boolean } = {}): Draft {
  return { kind: "net.host", ...head, ...end, addr, host, source: "sni", ...more };
}

function exchanged(
  addr: string,
  url: string,
  more: Partial<Draft<HttpExchanged>> = {},
): Draft<HttpExchanged> {
  return {
    ...{ kind: "http.exchange", ...head, method: "GET", url, status: 200, version: "1.1", role: "client" },
    ...{ req_headers: {}, resp_headers: {}, req_bytes: 0, resp_bytes: 0, duration_ms: 1 },
    ...{ peer: { addr, port: 443, confidence: "certain" }, complete: true, gaps: 0 },
    ...more,
  };
}

const hostOf = (hosts: Hosts, addr: string, session = tree) => {
  const [draft] = hosts.name(connected(addr), session);
  return draft?.kind === "net.connect" ? draft.host : undefined;
};
const namesOf = (drafts: readonly Draft[]) =>
  drafts.flatMap((draft) => draft.kind === "net.host" ? [[draft.source, draft.host, draft.tunnelled]] : []);

Deno.test("what a tree was told, its connections are called by, and those of no other", () => {
  const hosts = new Hosts();
  hosts.name(answered("API.example.com", "192.0.2.1", "2001:db8::1"), tree);
  equal(hostOf(hosts, "192.0.2.1"), "api.example.com");
  equal(hostOf(hosts, "2001:db8::1"), "api.example.com");
  equal(hostOf(hosts, "::ffff:192.0.2.1"), "api.example.com");
  equal(hostOf(hosts, "192.0.2.2"), undefined);
  equal(hostOf(hosts, "192.0.2.1", "b-2" as SessionId), undefined);
  hosts.name(answered("other.example", "192.0.2.1"), tree);
  equal(hostOf(hosts, "192.0.2.1"), "other.example");
});

Deno.test("a name that is said is told once for each process, and kept for what follows", () => {
  const hosts = new Hosts();
  equal(hosts.name(said("192.0.2.1", "a.example"), tree).length, 1);
  equal(hosts.name(said("192.0.2.1", "a.example"), tree).length, 0);
  equal(hosts.name(said("192.0.2.1", "b.example"), tree).length, 1);
  equal(hosts.name(said("192.0.2.1", "a.example", { pid: 2 }), tree).length, 1);
  equal(hostOf(hosts, "192.0.2.1"), "a.example");
});

Deno.test("names are learnt from requests", () => {
  const hosts = new Hosts();
  const first = hosts.name(exchanged("192.0.2.1", "https://a.example/v1"), tree);
  deepEqual(first.map(({ kind }) => kind), ["http.exchange", "net.host"]);
  deepEqual(namesOf(first), [["http", "a.example", undefined]]);
  equal(hostOf(hosts, "192.0.2.1"), "a.example");
});

const nothing: readonly { name: string; exchange: Draft }[] = [
  { name: "an address", exchange: exchanged("192.0.2.1", "http://192.0.2.1:80/") },
  { name: "an address of IPv6", exchange: exchanged("192.0.2.1", "http://[2001:db8::1]/") },
  { name: "no host", exchange: exchanged("192.0.2.1", "https:///") },
  {
    name: "what a server was asked",
    exchange: exchanged("192.0.2.1", "http://a.example/", { role: "server" }),
  },
  { name: "a peer nobody knows", exchange: exchanged("", "http://a.example/", { peer: null }) },
  {
    name: "a peer that is guessed",
    exchange: exchanged("", "http://a.example/", {
      peer: { addr: "192.0.2.1", port: 443, confidence: "likely" },
    }),
  },
  {
    name: "a unix socket",
    exchange: exchanged("", "http://docker/", { peer: { addr: "/run/x", port: 0, confidence: "certain" } }),
  },
];

for (const { name, exchange } of nothing) {
  Deno.test(`a request names nothing: ${name}`, () => {
    const hosts = new Hosts();
    deepEqual(hosts.name(exchange, tree), [exchange]);
    equal(hostOf(hosts, "192.0.2.1"), undefined);
  });
}

Deno.test("a proxy is not called what is asked for through it", () => {
  const hosts = new Hosts();
  const proxy = "192.0.2.9";
  hosts.name(exchanged(proxy, "https://a.example:443", { method: "CONNECT" }), tree);
  deepEqual(namesOf(hosts.name(said(proxy, "a.example", { tunnelled: true }), tree)), [[
    "sni",
    "a.example",
    true,
  ]]);
  deepEqual(namesOf(hosts.name(exchanged(proxy, "https://a.example/"), tree)), [["http", "a.example", true]]);
  deepEqual(namesOf(hosts.name(exchanged(proxy, "http://b.example/"), tree)), [["http", "b.example", true]]);
  equal(hostOf(hosts, proxy), undefined);
});

Deno.test("as many addresses as anybody tells take bounded room", () => {
  const hosts = new Hosts();
  for (let i = 0; i < 10_000; i++) hosts.name(answered("x.example", `10.0.${i >> 8}.${i & 255}`), tree);
  equal(hostOf(hosts, "10.0.0.0"), undefined);
  equal(hostOf(hosts, `10.0.${9999 >> 8}.${9999 & 255}`), "x.example");
});
