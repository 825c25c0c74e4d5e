import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import type { Event, Micros } from "../event.ts";
import { LocalConnections } from "./local_connections.ts";
import type { Connected } from "./messages.ts";
import { Peers } from "./peers.ts";
import { type HeldSocket, parseSockets, unixPath } from "./sockets.ts";

const at = (time: number) => time as Micros;
const NETNS = 7;

function held(
  pid: number,
  socket: bigint,
  local: string,
  { remote = "", ...more }: Partial<Omit<HeldSocket, "remote">> & { remote?: string } = {},
): HeldSocket {
  return {
    pid,
    start: at(pid * 100),
    comm: `p${pid}`,
    socket,
    peer: 0n,
    netns: NETNS,
    transport: "stream",
    state: remote ? 1 : 10,
    unix: false,
    local: end(local),
    remote: remote ? end(remote) : { addr: "0.0.0.0", port: 0 },
    ...more,
  };
}

function end(text: string) {
  const colon = text.lastIndexOf(":");
  return { addr: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

function unix(pid: number, socket: bigint, addr: string, more: Partial<HeldSocket> = {}): HeldSocket {
  const none = { addr: "", port: 0 };
  return { ...held(pid, socket, ":0"), unix: true, local: { addr, port: 0 }, remote: none, ...more };
}

function connection(pid: number, to: string, more: Partial<Connected> = {}): Connected {
  const { addr, port } = end(to);
  const head = { pid, tid: pid, start: at(pid * 100), comm: `p${pid}` };
  return { ...head, family: "inet", addr, port, reached: addr, transport: "stream", ...more };
}

const client = held(1, 11n, "127.0.0.1:5000", { remote: "127.0.0.1:80" });
const listener = held(2, 20n, "127.0.0.1:80");
const accepted = held(3, 21n, "127.0.0.1:80", { remote: "127.0.0.1:5000" });
const any = "0.0.0.0:80";
const to = connection(1, "127.0.0.1:80");
const toUnix = connection(1, ":0", { family: "unix", addr: "/s", reached: "/s" });
/** No process has this id. */
const gone = connection(0x7fffffff, "127.0.0.1:80");
const unixClient = unix(1, 11n, "", { state: 1, peer: 31n });

type Case = [what: string, sockets: HeldSocket[], asked: Connected, peer: number | null, port?: number];
const cases: Case[] = [
  ["who accepted, not who listens", [client, listener, accepted], to, 3, 5000],
  ["not accepted yet: who listens", [client, listener], to, 2, 5000],
  ["over already: who listens", [listener], gone, 2],
  [
    "over already: who listens in two networks",
    [listener, { ...listener, pid: 4, socket: 40n, netns: 8 }],
    gone,
    null,
  ],
  ["over already, and another network", [listener], { ...to, pid: Deno.pid }, null],
  ["on every address", [client, held(2, 20n, any)], to, 2, 5000],
  ["on every address of both families", [client, held(2, 20n, ":::80")], to, 2, 5000],
  ["the address itself before every address", [client, held(4, 40n, any), listener], to, 2, 5000],
  ["two that share the port: unknown", [client, listener, held(4, 40n, "127.0.0.1:80")], to, null],
  ["nobody", [client], to, null],
  [
    "a socket that was forked: its oldest holder",
    [client, accepted, { ...accepted, pid: 9, start: at(9) }],
    to,
    9,
    5000,
  ],
  ["another network's server", [client, { ...accepted, netns: 8 }], to, null],
  ["a reused pid's socket", [{ ...client, start: at(1) }, accepted], to, null],
  [
    "a datagram's",
    [
      held(1, 11n, "127.0.0.1:5000", { remote: "127.0.0.53:53", transport: "datagram" }),
      held(2, 20n, "127.0.0.53:53", { transport: "datagram", state: 7 }),
    ],
    connection(1, "127.0.0.53:53", { transport: "datagram" }),
    2,
    5000,
  ],
  ["unix: who accepted", [unixClient, unix(2, 30n, "/s"), unix(3, 31n, "/s", { state: 1 })], toUnix, 3, 0],
  ["unix: over already", [unix(2, 30n, "/s")], toUnix, 2],
  ["unix: by another name", [unix(2, 30n, "/t")], toUnix, null],
];
for (const [what, sockets, asked, peer, port] of cases) {
  Deno.test(`peer: ${what}`, () => {
    const peers = new Peers(() => sockets, () => 0);
    peers.ask([asked]);
    const [found] = peers.take(at(5));
    deepEqual([found?.peer.pid ?? null, found?.local_port], [peer, port]);
  });
}

Deno.test("two connections of a process to one server are two peers, each told once", () => {
  const second = held(1, 12n, "127.0.0.1:5001", { remote: "127.0.0.1:80" });
  const peers = new Peers(() => [client, second, listener], () => 0);
  peers.ask([to, to]);
  deepEqual(peers.take(at(1)).map(({ local_port }) => local_port), [5000, 5001]);
});

Deno.test("several hold the listening socket: waits for who accepts, then names the oldest", () => {
  let clock = 0;
  let sockets = [client, listener, { ...listener, pid: 5, start: at(500) }];
  const peers = new Peers(() => sockets, () => clock);
  const look = () => peers.take(at(clock += 1000)).map(({ peer }) => peer.pid);
  peers.ask([to]);
  deepEqual([look(), look()], [[], []]);
  sockets = [...sockets, { ...accepted, pid: 5, start: at(500) }];
  deepEqual(look(), [5]);
  sockets = [listener, { ...listener, pid: 5, start: at(500) }];
  peers.ask([gone]);
  deepEqual([look(), look(), look(), look(), look()], [[], [], [], [2], []]);
});

Deno.test("sockets are listed only when asked for, and not again at once", () => {
  let [clock, lists] = [0, 0];
  const peers = new Peers(() => (lists++, [client, listener]), () => clock);
  peers.take(at(1));
  equal(lists, 0);
  peers.ask([to]);
  peers.take(at(1));
  peers.ask([to]);
  peers.take(at(1));
  equal(lists, 1);
  clock = 25;
  peers.take(at(1));
  equal(lists, 2);
});

Deno.test("more than are looked up are counted", () => {
  const peers = new Peers(() => [], () => 0);
  peers.ask(Array(2000).fill(to));
  deepEqual(peers.takeLosses().map(({ count }) => count), [976]);
  deepEqual(peers.takeLosses(), []);
});

Deno.test("unix names", () => {
  const name = (text: string) => unixPath(new TextEncoder().encode(text));
  deepEqual(["/run/s\0", "/run/s", "\0abc", "\0abc\0\0", "\0"].map(name), [
    "/run/s",
    "/run/s",
    "@abc",
    "@abc",
    "@",
  ]);
});

Deno.test("what the kernel lists is parsed to its end, whatever it is", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (junk) => {
    for (const { local } of parseSockets(junk, 0)) equal(typeof local.addr, "string");
  }));
});

Deno.test("which connections stay here", () => {
  const local = new LocalConnections(() => ["10.0.0.5"]);
  const reached = (addr: string, more: object = {}) => {
    const event = { kind: "net.connect", ...connection(1, "x:1"), ts: at(1), addr, result: 0, ...more };
    return local.of([event as unknown as Event])[0]?.reached;
  };
  const table: [string, string | undefined][] = [
    ["127.0.0.1", "127.0.0.1"],
    ["127.9.9.9", "127.9.9.9"],
    ["::1", "::1"],
    ["::ffff:7f00:1", "127.0.0.1"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["0.0.0.0", "127.0.0.1"],
    ["::", "::1"],
    ["10.0.0.5", "10.0.0.5"],
    ["10.0.0.6", undefined],
    ["2001:db8::1", undefined],
  ];
  for (const [addr, wanted] of table) equal(reached(addr), wanted, addr);
  equal(reached("127.0.0.1", { result: -111 }), undefined);
  equal(reached("/run/s", { family: "unix" }), "/run/s");
});
