/** An event as a short sentence: verb, object, note. */
import type { Event } from "../../src/event.ts";
import { formatArgv, formatBytes, formatMs, formatSpan } from "./format.ts";
import { formatAddress } from "./marks.ts";
import { mcpError, mcpName, mcpServer } from "./mcp.ts";

export interface EventText {
  readonly verb: string;
  readonly object: string;
  readonly note: string;
  readonly failed: boolean;
}

export function describeEvent(event: Event): EventText {
  const text = (verb: string, object: string, note = "", failed = false) => ({ verb, object, note, failed });
  switch (event.kind) {
    case "process.fork":
      return text("forked", `pid ${event.child}`);
    case "process.running":
      return text("was running", formatArgv(event.argv));
    case "process.exec":
      return text("executed", formatArgv(event.argv));
    case "process.exit": {
      const how = event.signal === undefined
        ? `exit code ${event.code ?? "unknown"}`
        : `signal ${event.signal}`;
      return text(
        "ended",
        how,
        formatSpan(event.duration_us),
        event.signal !== undefined || event.code !== 0,
      );
    }
    case "file.open": {
      const verb = event.created ? "created" : `opened (${event.access})`;
      return text(verb, event.path, errno(event.result), event.result < 0);
    }
    case "file.close":
      return text("closed", event.path, `${formatBytes(event.written_bytes)} written`);
    case "file.unlink":
    case "file.rmdir":
      return text("removed", event.path, errno(event.result), event.result < 0);
    case "file.mkdir":
      return text("made folder", event.path, errno(event.result), event.result < 0);
    case "file.rename":
      return text("renamed", `${event.from} → ${event.to}`, errno(event.result), event.result < 0);
    case "net.connect": {
      const started = event.result === 0 || event.result === -EINPROGRESS;
      return text("connected", formatAddress(event), errno(event.result), !started);
    }
    case "http.exchange":
      return text(event.method, event.url, String(event.status ?? "no status"), (event.status ?? 0) >= 400);
    case "llm.call":
      return text("called model", event.model ?? "unknown", event.provider, event.error !== null);
    case "llm.delta":
      return text("is answered", event.text);
    case "tool.call":
      return text("tool called", event.name);
    case "tool.result":
      return text("tool answered", event.name ?? "unknown", formatBytes(event.bytes), event.is_error);
    case "mcp.message": {
      const error = mcpError(event);
      const took = event.duration_ms === null ? "" : `, ${formatMs(event.duration_ms)}`;
      const failed = error === null ? "" : `: ${error}`;
      return text(`MCP ${event.type}`, mcpName(event), `${mcpServer(event)}${took}${failed}`, error !== null);
    }
    case "loss":
      return text("lost", event.class, `${event.count} ${event.unit}: ${event.reason}`, true);
    case "coverage":
      return text(
        "coverage",
        event.library ?? event.exe,
        event.reason ?? event.status,
        event.status !== "attached" && event.status !== "verified",
      );
  }
}

/** A nonblocking connect is under way, not refused. */
const EINPROGRESS = 115;

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
