/** An event as a short sentence: verb, object, note. */
import type { Event } from "../../src/event.ts";
import { describeFile, describeNetwork, describeProcess } from "./effect_text.ts";
import { formatBytes, formatMs } from "./format.ts";
import { mcpError, mcpName, mcpServer } from "./mcp.ts";

export interface EventText {
  readonly verb: string;
  readonly object: string;
  readonly note: string;
  readonly failed: boolean;
}

export function describeEvent(event: Event): EventText {
  const text = (verb: string, object: string, note = "", failed = false) => ({ verb, object, note, failed });
  if (isOf(event, "process.")) return describeProcess(event);
  if (isOf(event, "file.")) return describeFile(event);
  if (isOf(event, "net.") || isOf(event, "dns.")) return describeNetwork(event);
  switch (event.kind) {
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
    case "resource":
      return text(
        "uses",
        `${Math.round(event.cpu_percent)} % of a core, ${formatBytes(event.rss_kb * 1024)}`,
        `${event.processes} processes, ${event.threads} threads`,
      );
  }
}

function isOf<F extends string>(event: Event, family: F): event is Extract<Event, { kind: `${F}${string}` }> {
  return event.kind.startsWith(family);
}
