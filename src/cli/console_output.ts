/** The live view: one line a fact, a small block a call. */
import type { Event, LlmCalled } from "../event.ts";
import { bytes, count, dollars, duration, plural, timeOfDay, tokensInOut } from "./format.ts";
import { type Colors, cut, plain } from "./terminal.ts";

export interface ConsoleOptions {
  readonly colors: Colors;
  readonly width: number;
  /** Also reads of files, forks and exits of successful processes. */
  readonly verbose: boolean;
}

const LABEL_WIDTH = 8;
const INDENT = " ".repeat(13 + LABEL_WIDTH + 1);
const errnoNames: Readonly<Record<number, string>> = {
  1: "EPERM",
  2: "ENOENT",
  13: "EACCES",
  17: "EEXIST",
  20: "ENOTDIR",
  21: "EISDIR",
  39: "ENOTEMPTY",
  101: "ENETUNREACH",
  110: "ETIMEDOUT",
  111: "ECONNREFUSED",
  113: "EHOSTUNREACH",
  115: "EINPROGRESS",
};

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

interface Told {
  readonly label: string;
  readonly text: string;
  readonly tone?: "good" | "bad" | "warn";
}

function tell(event: Event, verbose: boolean): Told | null {
  switch (event.kind) {
    case "process.exec":
      return { label: "exec", text: event.argv.length > 0 ? event.argv.join(" ") : event.exe, tone: "good" };
    case "process.running":
      return { label: "running", text: event.argv.length > 0 ? event.argv.join(" ") : event.exe };
    case "process.exit": {
      const failed = event.signal !== undefined || event.code !== 0;
      if (!failed && !verbose) return null;
      const how = event.signal !== undefined ? `killed by signal ${event.signal}` : `exit ${event.code}`;
      return {
        label: "exit",
        text: `${how} after ${duration(event.duration_us / 1000)}`,
        ...(failed && { tone: "warn" }),
      };
    }
    case "process.fork":
      return verbose ? { label: "fork", text: `→ ${event.child}` } : null;
    case "file.open": {
      if (event.access === "read" && !verbose) return null;
      const verb = event.result < 0
        ? `${errno(event.result)} opening`
        : event.created
        ? "created"
        : `opened to ${event.access}`;
      return { label: "file", text: `${verb} ${event.path}${times(event.count)}`, ...failure(event.result) };
    }
    case "file.close":
      return event.written_bytes > 0 || verbose
        ? { label: "file", text: `wrote ${bytes(event.written_bytes)} to ${event.path}` }
        : null;
    case "file.unlink":
    case "file.rmdir":
      return {
        label: "file",
        text: `removed ${event.path}${result(event.result)}`,
        ...failure(event.result),
      };
    case "file.mkdir":
      return {
        label: "file",
        text: `made directory ${event.path}${result(event.result)}`,
        ...failure(event.result),
      };
    case "file.rename":
      return {
        label: "file",
        text: `renamed ${event.from} → ${event.to}${result(event.result)}`,
        ...failure(event.result),
      };
    case "net.connect": {
      const host = event.family === "inet6" ? `[${event.addr}]` : event.addr;
      return {
        label: "connect",
        text: `${host}:${event.port}${result(event.result)}`,
        ...failure(event.result),
      };
    }
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
        ...failure(event.is_error ? -1 : 0),
      };
    }
    case "mcp.message":
      return verbose
        ? {
          label: "mcp",
          text: `${event.server ?? "server"}: ${event.method ?? "?"} ${event.type}`,
          ...failure(event.type === "error" ? -1 : 0),
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
    case "llm.call":
    case "llm.delta":
      return null;
  }
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

function times(folded: number | undefined): string {
  return folded === undefined ? "" : ` ×${count(folded)}`;
}

function errno(result: number): string {
  return errnoNames[-result] ?? `errno ${-result}`;
}

function result(value: number): string {
  return value < 0 ? ` (${errno(value)})` : "";
}

function failure(value: number): { tone?: "warn" } {
  return value < 0 ? { tone: "warn" } : {};
}
