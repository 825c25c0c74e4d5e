/** The live view: one line a fact, a small block a call. */
import type { Event, LlmCalled, ResourcesUsed } from "../event.ts";
import { bytes, count, dollars, duration, plural, timeOfDay, tokensInOut } from "./format.ts";
import { tellFile } from "./tell/file.ts";
import { tellNetwork } from "./tell/network.ts";
import { tellProcess } from "./tell/process.ts";
import type { Told } from "./tell/told.ts";
import { type Colors, cut, plain } from "./terminal.ts";

export interface ConsoleOptions {
  readonly colors: Colors;
  readonly width: number;
  /** Also what changes nothing: reads, forks, threads, sockets, exits of successful processes. */
  readonly verbose: boolean;
}

const LABEL_WIDTH = 8;
const INDENT = " ".repeat(13 + LABEL_WIDTH + 1);

/** Lines for an event, or none when it is not worth one. */
export function formatEvent(event: Event, options: ConsoleOptions): string[] {
  if (event.kind === "llm.call") return callLines(event, options);
  const told = tell(event, options.verbose);
  if (!told) return [];
  const { colors: c } = options;
  const paint = { good: c.green, bad: c.red, warn: c.yellow, plain: (s: string) => s }[told.tone ?? "plain"];
  const who = c.dim(` ${plain(event.comm)} ${event.pid || ""}`.trimEnd());
  const room = options.width - INDENT.length - event.comm.length - String(event.pid).length - 3;
  return [
    `${stamp(event, c)} ${paint(told.label.padEnd(LABEL_WIDTH))} ${cut(told.text, Math.max(20, room))}${who}`,
  ];
}

function tell(event: Event, verbose: boolean): Told | null {
  if (isOf(event, "process.")) return tellProcess(event, verbose);
  if (isOf(event, "file.")) return tellFile(event, verbose);
  if (isOf(event, "net.") || isOf(event, "dns.")) return tellNetwork(event, verbose);
  switch (event.kind) {
    case "http.exchange":
      return verbose
        ? { label: "http", text: `${event.method} ${event.url} → ${event.status ?? "no answer"}` }
        : null;
    case "tool.call":
      return { label: "tool", text: `${event.name} ${JSON.stringify(event.input)}`, tone: "good" };
    case "tool.result": {
      const outcome = event.is_error ? "failed" : "answered";
      return {
        label: "tool",
        text: `${event.name ?? event.id} ${outcome}, ${bytes(event.bytes)}`,
        ...(event.is_error && { tone: "warn" }),
      };
    }
    case "mcp.message":
      return verbose
        ? {
          label: "mcp",
          text: `${event.server ?? "server"}: ${event.method ?? "?"} ${event.type}`,
          ...(event.type === "error" && { tone: "warn" }),
        }
        : null;
    case "loss":
      return {
        label: "LOST",
        text: `${count(event.count)} ${event.unit} of ${event.class}: ${event.reason}`,
        tone: "bad",
      };
    case "coverage":
      return event.status === "attached" || event.status === "verified"
        ? verbose
          ? { label: "covered", text: `${event.library}: ${event.stack} by ${event.method}, ${event.status}` }
          : null
        : {
          label: "unseen",
          text: `${event.library ?? event.exe}: ${event.reason ?? event.status}`,
          tone: "warn",
        };
    case "resource":
      return verbose ? { label: "uses", text: usage(event) } : null;
    case "llm.call":
    case "llm.delta":
      return null;
  }
}

function isOf<F extends string>(event: Event, family: F): event is Extract<Event, { kind: `${F}${string}` }> {
  return event.kind.startsWith(family);
}

function usage({ cpu_percent, rss_kb, processes, threads }: ResourcesUsed): string {
  const parts = [plural(processes, "process"), plural(threads, "thread")];
  return `${Math.round(cpu_percent)}% of a core, ${bytes(rss_kb * 1024)}, ${parts.join(", ")}`;
}

function callLines(call: LlmCalled, { colors: c, width }: ConsoleOptions): string[] {
  const room = width - INDENT.length - 2;
  const facts = [
    tokensInOut(call.usage),
    dollars(call.cost_usd),
    duration(call.timing.duration_ms),
  ];
  const trouble = call.error
    ? c.red(` ${plain(call.error.type)}`)
    : call.complete
    ? ""
    : c.yellow(" incomplete");
  const head = `${c.bold(plain(call.model ?? "unknown model"))} ${c.dim(facts.join(" · "))}${trouble}`;
  const who = c.dim(` ${plain(call.comm)} ${call.pid}`);
  const lines = [`${stamp(call, c)} ${c.cyan("llm".padEnd(LABEL_WIDTH))} ${head}${who}`];
  const prompt = lastText(call);
  if (prompt !== "") lines.push(`${INDENT}${c.dim("›")} ${cut(prompt, room)}`);
  if (call.error) lines.push(`${INDENT}${c.red("✗")} ${cut(call.error.message, room)}`);
  if (call.response.text !== "") lines.push(`${INDENT}${c.cyan("‹")} ${cut(call.response.text, room)}`);
  if (call.gaps > 0) {
    lines.push(`${INDENT}${c.yellow(`${plural(call.gaps, "byte")} missing from this call`)}`);
  }
  return lines;
}

function lastText(call: LlmCalled): string {
  for (const message of call.request.messages.toReversed()) {
    for (const part of message.parts.toReversed()) {
      if (part.type === "text") return part.content;
      if (part.type === "tool_call_response") {
        return typeof part.response === "string" ? part.response : JSON.stringify(part.response);
      }
    }
  }
  return "";
}

function stamp(event: Event, c: Colors): string {
  return c.dim(timeOfDay(event.ts));
}
