/** What a process did to files, networks and itself, as short sentences. */
import type { FileEvent, NetworkEvent, ProcessEvent } from "../../src/event.ts";
import type { EventText } from "./event_text.ts";
import { formatArgv, formatBytes, formatSpan } from "./format.ts";
import { formatAddress } from "./marks.ts";

/** A nonblocking connect is under way, not refused. */
const EINPROGRESS = 115;

/** A sentence of what was tried; the note says how it failed, or that nobody knows. */
function tried(verb: string, object: string, result: number | null): EventText {
  return {
    verb,
    object,
    note: result === null ? "outcome unknown" : errno(result),
    failed: (result ?? -1) < 0,
  };
}

function said(verb: string, object: string, note = ""): EventText {
  return { verb, object, note, failed: false };
}

export function describeProcess(event: ProcessEvent): EventText {
  switch (event.kind) {
    case "process.fork":
      return said("forked", `pid ${event.child}`);
    case "process.thread":
      return said("started thread", String(event.thread));
    case "process.running":
      return said("was running", formatArgv(event.argv));
    case "process.exec":
      return said("executed", formatArgv(event.argv), event.script ?? "");
    case "process.exec_failed":
      return tried("exec failed", event.path, event.result);
    case "process.exit": {
      const { signal, code, core } = event;
      const how = signal === undefined ? `exit code ${code ?? "unknown"}` : `signal ${signal}`;
      const note = `${formatSpan(event.duration_us)}, ${formatSpan(event.cpu_us)} of CPU${
        core ? ", core dump" : ""
      }`;
      return { verb: "ended", object: how, note, failed: signal !== undefined || code !== 0 };
    }
    case "process.setsid":
      return tried("started session", event.sid === 0 ? "" : String(event.sid), event.result);
    case "process.cred": {
      const { old, new: now } = event;
      const changes = (["uid", "euid", "gid", "egid", "caps"] as const).filter((id) => old[id] !== now[id])
        .map((id) => `${id} ${old[id]} → ${now[id]}`);
      return tried(event.call, changes.join(", "), event.result);
    }
    case "process.ns":
      return tried(event.call, event.namespaces.join(", "), event.result);
    case "process.ptrace":
      return tried(event.request, `pid ${event.target}`, event.result);
    case "process.signal": {
      const to = event.target > 0 ? `pid ${event.target}` : `group ${-event.target}`;
      return tried(`sent signal ${event.signal}`, to, event.result);
    }
    case "process.memfd":
      return tried("made file in memory", event.name, event.result);
    case "process.exec_memory": {
      const what = event.writable ? "writable and executable" : "executable";
      return tried(`made memory ${what}`, formatBytes(event.bytes), event.result);
    }
    case "process.kernel":
      return tried(event.call, event.command ?? event.path ?? "", event.result);
    case "process.name":
      return tried("calls itself", event.name, event.result);
  }
}

export function describeFile(event: FileEvent): EventText {
  switch (event.kind) {
    case "file.open":
      return tried(event.created ? "created" : `opened (${event.access})`, event.path, event.result);
    case "file.io":
      return said("wrote after reading", event.path);
    case "file.close": {
      const moved = [
        ...(event.read_bytes > 0 ? [`${formatBytes(event.read_bytes)} read`] : []),
        ...(event.written_bytes > 0 ? [`${formatBytes(event.written_bytes)} written`] : []),
      ];
      return said("closed", event.path, moved.join(", ") || "unused");
    }
    case "file.unlink":
    case "file.rmdir":
      return tried("removed", event.path, event.result);
    case "file.mkdir":
      return tried("made folder", event.path, event.result);
    case "file.mknod":
      return tried("made", event.path, event.result);
    case "file.rename":
      return tried(event.exchange ? "exchanged" : "renamed", `${event.from} → ${event.to}`, event.result);
    case "file.link":
      return tried("linked", `${event.from} as ${event.to}`, event.result);
    case "file.symlink":
      return tried("linked", `${event.path} → ${event.target}`, event.result);
    case "file.truncate":
      return tried(`cut to ${formatBytes(event.bytes)}`, event.path, event.result);
    case "file.chmod":
      return tried(`made mode ${event.mode}`, event.path, event.result);
    case "file.chown":
      return tried(`gave to ${event.uid}:${event.gid}`, event.path, event.result);
    case "file.xattr":
      return tried(`${event.operation} ${event.name}`, event.path, event.result);
    case "file.mmap":
      return tried("mapped to write", event.path, event.result);
  }
}

export function describeNetwork(event: NetworkEvent): EventText {
  switch (event.kind) {
    case "net.socket":
      return tried("made socket", `${event.family} ${event.transport}`, event.result);
    case "net.connect": {
      const told = tried("connected", formatAddress(event), event.result);
      const note = [event.host ?? "", told.note].filter((part) => part !== "").join(", ");
      return { ...told, note, failed: told.failed && event.result !== -EINPROGRESS };
    }
    case "net.bind":
      return tried("bound", formatAddress(event), event.result);
    case "net.listen":
      return tried("listens on", formatAddress(event), event.result);
    case "net.accept":
      return tried("accepted", formatAddress(event), event.result);
    case "net.send":
      return said("sent to", formatAddress(event), event.host);
    case "net.close": {
      const moved = `${formatBytes(event.sent_bytes)} sent, ${formatBytes(event.received_bytes)} received`;
      return said("disconnected", formatAddress(event), moved);
    }
    case "net.peer":
      return said("connected with", `${event.peer.comm} ${event.peer.pid}`, formatAddress(event));
    case "net.host":
      return said("called", formatAddress(event), event.host);
    case "dns.query":
      return said("asked for", event.name, event.type);
    case "dns.answer": {
      const found = event.addresses.length > 0 ? event.addresses.join(", ") : event.code;
      return { ...said("was told", event.name, found), failed: event.code !== "NOERROR" };
    }
  }
}

/** The errors that file and socket calls give most, by number, on Linux. */
const ERRNO: Readonly<Record<number, string>> = {
  1: "EPERM",
  2: "ENOENT",
  13: "EACCES",
  17: "EEXIST",
  20: "ENOTDIR",
  21: "EISDIR",
  28: "ENOSPC",
  30: "EROFS",
  39: "ENOTEMPTY",
  101: "ENETUNREACH",
  104: "ECONNRESET",
  110: "ETIMEDOUT",
  111: "ECONNREFUSED",
  113: "EHOSTUNREACH",
  115: "EINPROGRESS",
};

function errno(result: number): string {
  return result >= 0 ? "" : ERRNO[-result] ?? `errno ${-result}`;
}
