/** Which events a system call on sockets must leave. */
import type { Endpoint, Transport } from "../../src/event.ts";
import { constants } from "node:os";
import { passed } from "./strace_file_rules.ts";
import type { Rule, Rules, TracedCall } from "./strace_call.ts";
import { unixEnd } from "./strace_descriptor.ts";
import type { OpenSocket } from "./strace_processes.ts";
import { fieldsOf, itemsOf, numberOf, unescape } from "./strace_text.ts";

const EINPROGRESS = -115;
const EISCONN = -106;
/** Of what was no address, or no socket. */
const nothingNamed = [-9, -14, -22];

const transports: Readonly<Record<string, Transport>> = {
  SOCK_STREAM: "stream",
  SOCK_DGRAM: "datagram",
  SOCK_RAW: "raw",
  SOCK_SEQPACKET: "seqpacket",
};
const families: Readonly<Record<string, string>> = {
  AF_INET: "inet",
  AF_INET6: "inet6",
  AF_UNIX: "unix",
  AF_NETLINK: "netlink",
  AF_PACKET: "packet",
};

/** `{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}`. */
function endpoint(argument: string | undefined): Endpoint | null {
  const text = argument ?? "";
  const family = families[fieldsOf(text).get("sa_family") ?? ""];
  const port = Number(/port=htons\((\d+)\)/.exec(text)?.[1] ?? NaN);
  const addr = unescape(/inet_(?:addr\(|pton\(AF_INET6, )"([^"]*)"/.exec(text)?.[1] ?? "");
  if (family === "unix") {
    const path = /sun_path=(@?)"([^"]*)"/.exec(text);
    return path ? unixEnd(path[1]! + unescape(path[2]!)) : null;
  }
  if ((family !== "inet" && family !== "inet6") || Number.isNaN(port)) return null;
  return { family, addr, port };
}

function socketOf(call: TracedCall, fd = 0): OpenSocket | null {
  return call.file(fd)?.socket ?? null;
}

function fresh(family: string, transport: Transport): OpenSocket {
  return { family, transport, local: null, peer: null, sentTo: new Set(), connecting: null };
}

const socket: Rule = (call) => {
  const family = families[call.arg(0)] ?? String(call.number(0) ?? "");
  const transport = transports[call.flags(1)[0] ?? ""] ?? "other";
  call.tell("net.socket", { family: family === "" ? null : family, transport, result: call.outcome });
  const file = call.succeeded ? call.thread.table.slots.get(call.call.result!)?.file : undefined;
  if (file) file.socket = fresh(family, transport);
};

const connect: Rule = (call) => {
  const to = endpoint(call.arg(1)), made = socketOf(call), { result } = call.call;
  const where = to && { ...to, transport: made?.transport ?? null };
  const expected = call.tell("net.connect", { ...where, result }, {
    optional: nothingNamed.includes(result ?? 0),
    ordered: result !== EINPROGRESS,
  });
  if (!made || !to) return;
  if (call.succeeded || result === EINPROGRESS) made.peer = to;
  else if (result !== EISCONN) made.peer = made.local = null;
  made.connecting = result === EINPROGRESS ? expected : null;
};

/** How a connect in progress ended. */
const getsockopt: Rule = (call) => {
  const made = socketOf(call), [error] = itemsOf(call.arg(3));
  if (!made?.connecting || call.arg(2) !== "SO_ERROR" || error === undefined) return;
  const errors: Readonly<Record<string, number>> = constants.errno;
  made.connecting.fields["result"] = error === "0" ? 0 : -(errors[error] ?? NaN);
  if (error !== "0") made.peer = made.local = null;
  made.connecting = null;
};

const bind: Rule = (call) => {
  const to = endpoint(call.arg(1)), made = socketOf(call);
  const optional = nothingNamed.includes(call.outcome ?? 0);
  call.tell("net.bind", { ...to, port: portOf(to), result: call.outcome }, { optional });
  if (made && to && call.succeeded) made.local = to;
};

/** Port 0 asks for any: null, for the one asked for or the one given. Before 6.8 strace has no way to know it either. */
function portOf(end: Endpoint | null): number | null {
  return end === null || (end.port === 0 && end.family !== "unix") ? null : end.port;
}

const listen: Rule = (call) => {
  const made = socketOf(call);
  const where = made?.local ? { ...made.local, port: portOf(made.local) } : {};
  const optional = nothingNamed.includes(call.outcome ?? 0);
  call.tell("net.listen", { ...where, backlog: call.number(1), result: call.outcome }, { optional });
};

const accept: Rule = (call) => {
  const listener = socketOf(call);
  const file = call.succeeded ? call.thread.table.slots.get(call.call.result!)?.file : undefined;
  if (!listener || !file) {
    call.tell("net.accept", { result: call.outcome }, { optional: nothingNamed.includes(call.outcome ?? 0) });
    return;
  }
  const made = fresh(listener.family, listener.transport);
  const ends = /<\w+:\[(.*)\]>/.exec(call.call.answer)?.[1] ?? "";
  const [local, peer] = ends.split("->").map((end) => /^\[?(.*?)\]?:(\d+)$/.exec(end));
  const family = listener.family as Endpoint["family"];
  made.peer = family === "unix"
    ? listener.local ?? unixEnd("")
    : peer
    ? { family, addr: peer[1]!, port: Number(peer[2]) }
    : null;
  made.local = local ? { family, addr: local[1]!, port: Number(local[2]) } : listener.local;
  file.socket = made;
  const local_port = made.local?.port ?? null;
  call.tell("net.accept", { ...made.peer, local_port, result: 0 });
};

const socketpair: Rule = (call) => {
  for (const end of call.succeeded ? itemsOf(call.arg(3)) : []) {
    const slot = call.thread.table.slots.get(numberOf(end) ?? -1);
    if (slot) slot.file.socket = fresh("unix", transports[call.flags(1)[0] ?? ""] ?? "other");
  }
};

function sent(call: TracedCall, bytes: number, to: Endpoint | null): void {
  const file = call.file(0), made = file?.socket;
  passed(call, file, { written: bytes });
  const key = `${to?.addr} ${to?.port}`;
  if (!call.succeeded || !made || !to || made.transport === "stream" || made.sentTo.has(key)) return;
  made.sentTo.add(key);
  call.tell("net.send", { ...to });
}

const receive = (flags: number): Rule => (call) => {
  if (!call.has(flags, "MSG_PEEK")) passed(call, call.file(0), { read: call.count });
};

/** Of sendmmsg(2) and recvmmsg(2): those that went through, with their lengths. */
function messages(call: TracedCall): Map<string, string>[] {
  return itemsOf(call.arg(1)).slice(0, call.count).map((message) => fieldsOf(message));
}

export const networkRules: Rules = {
  socket,
  connect,
  bind,
  listen,
  accept,
  accept4: accept,
  socketpair,
  getsockopt,
  sendto: (call) => sent(call, call.count, endpoint(call.arg(4))),
  send: (call) => sent(call, call.count, null),
  sendmsg: (call) => sent(call, call.count, endpoint(fieldsOf(call.arg(1)).get("msg_name"))),
  sendmmsg: (call) => {
    for (const message of messages(call)) {
      const to = endpoint(fieldsOf(message.get("msg_hdr")).get("msg_name"));
      sent(call, numberOf(message.get("msg_len")) ?? 0, to);
    }
  },
  recvfrom: receive(3),
  recv: receive(3),
  recvmsg: receive(2),
  recvmmsg: (call) => {
    const bytes = messages(call).reduce((sum, message) => sum + (numberOf(message.get("msg_len")) ?? 0), 0);
    passed(call, call.file(0), { read: bytes });
  },
};
