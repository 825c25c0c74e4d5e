/** `report prompts`: each conversation as it went, only what is new in each call. */
import type { LlmCalled } from "../event.ts";
import { type AskedCall, newMessages } from "../store/prompt_report.ts";
import { dateAndTime, dollars, duration, plural, timeOfDay, tokensInOut } from "./format.ts";
import { type PartText, partText, toolNames } from "./part_text.ts";
import { gapNotes, nothing, type ReportLook } from "./report_notes.ts";
import { columns, cut, plain } from "./terminal.ts";

export interface ChosenCalls {
  readonly calls: Iterable<AskedCall>;
  readonly grep: string | undefined;
}

export interface PromptLook extends ReportLook {
  readonly full: boolean;
}

/** A line that nothing limits is still cut here, unless `full`. */
const WIDEST = 200;
const INDENT = "  ";
/** Roles that a sign already says. */
const PLAIN_ROLES: ReadonlySet<string> = new Set(["user", "tool", "assistant"]);

/** One line a piece of text; whole texts when `full`. */
export function* formatPrompts({ calls, grep }: ChosenCalls, look: PromptLook): Iterable<string> {
  const { colors: c } = look;
  const times = new Map<string, LlmCalled["ts"]>();
  let thread: string | null = null;
  let shown = 0;
  for (const asked of calls) {
    const { call } = asked;
    times.set(call.id, call.timing.start);
    const texts = textsOf(call);
    if (grep !== undefined && !contains(texts, grep)) continue;
    const key = JSON.stringify([asked.conversation, asked.thread]);
    if (key !== thread) {
      if (thread !== null) yield "";
      yield conversationLine(asked, look);
      thread = key;
    }
    shown++;
    yield callLine(call, look);
    yield* remarks(call, times).map((remark) => INDENT + c.yellow(remark));
    for (const text of texts) if (look.full || text.sign !== "~") yield* textLines(text, look);
  }
  if (shown === 0) yield* nothing(grep === undefined ? "LLM call" : `text "${plain(grep)}"`, look);
  const notes = [
    ...(look.evidence.capture === "meta" ? [c.yellow("Made with --capture meta, which keeps no text.")] : []),
    ...gapNotes(look),
  ];
  if (shown > 0 && notes.length > 0) yield "";
  yield* notes;
}

/** What was said in a call and is new in it. */
export function textsOf(call: LlmCalled): PartText[] {
  const { messages } = newMessages(call);
  const toolName = toolNames(call.request.messages);
  const { parts, text, tool_calls } = call.response;
  const asked = messages.flatMap(({ role, parts }) =>
    parts.map((part) => {
      const from = role === "assistant" ? "assistant" : "user";
      const told = partText(part, { from, toolName });
      return PLAIN_ROLES.has(role) || told.label !== "" ? told : { ...told, label: role };
    })
  );
  const answered = parts.length > 0 ? parts.map((part) => partText(part, { from: "assistant", toolName })) : [
    ...(text === "" ? [] : [{ sign: "‹", label: "", text } as const]),
    ...tool_calls.map(({ name, input }) => (
      { sign: "⚙", label: name, text: input === null ? "" : JSON.stringify(input) ?? "" } as const
    )),
  ];
  const { error } = call;
  return [
    ...asked,
    ...answered,
    ...(error ? [{ sign: "✗", label: error.type, text: error.message } as const] : []),
  ];
}

export function contains(texts: readonly PartText[], grep: string): boolean {
  const wanted = grep.toLowerCase();
  return texts.some(({ label, text }) => `${label} ${text}`.toLowerCase().includes(wanted));
}

function conversationLine(
  { conversation, thread, agent, call }: AskedCall,
  { colors: c, width }: PromptLook,
): string {
  const facts = [
    conversation === null ? `from call ${thread}` : conversation,
    `${agent ?? "unknown agent"}${call.subagent ? ", subagent" : ""}`,
    dateAndTime(call.timing.start),
    ...(call.session === null ? [] : [`session ${call.session}`]),
  ].map(plain);
  return c.bold(cut(`Conversation ${facts.join(" · ")}`, lineWidth(width)));
}

function callLine(call: LlmCalled, { colors: c, width }: PromptLook): string {
  const facts = [
    tokensInOut(call.usage),
    ...(call.cost_usd === null ? [] : [dollars(call.cost_usd)]),
    duration(call.timing.duration_ms),
  ].join(" · ");
  const time = timeOfDay(call.timing.start).slice(0, 8);
  const room = lineWidth(width) - columns(`${time}    ${facts}`);
  return `${c.dim(time)}  ${c.cyan(cut(call.model ?? "unknown model", Math.max(room, 8)))}  ${c.dim(facts)}`;
}

function remarks(call: LlmCalled, times: ReadonlyMap<string, LlmCalled["ts"]>): string[] {
  const { history } = newMessages(call);
  const found: string[] = [];
  if (call.retry_of !== null) {
    const first = times.get(call.retry_of);
    found.push(
      `Repeats the failed call of ${first === undefined ? call.retry_of : timeOfDay(first).slice(0, 8)}.`,
    );
  }
  if (call.request.history === "missing") {
    found.push("What the provider knows of the conversation before was not recorded.");
  } else if (call.continues === null && call.retry_of === null && history > 0) {
    found.push(`Begins with ${plural(history, "earlier message")} of a conversation that was not recorded.`);
  }
  if (call.compacted) found.push("The history before this was cut or replaced by a summary.");
  if (call.gaps > 0) found.push(`${plural(call.gaps, "byte")} of this call are missing.`);
  else if (!call.complete) found.push("This call is incomplete.");
  return found;
}

function textLines({ sign, label, text }: PartText, { colors: c, width, full }: PromptLook): string[] {
  const paint =
    { "›": c.green, "‹": c.cyan, "⚙": c.magenta, "↳": c.dim, "✗": c.red, "·": c.dim, "~": c.dim }[sign];
  const head = label === "" ? "" : `${plain(label)} `;
  const said = text.trim();
  if (!full) {
    return [`${INDENT}${paint(sign)} ${cut(`${head}${said}`, lineWidth(width) - INDENT.length - 2)}`];
  }
  const [first = "", ...rest] = said.split("\n");
  return [
    `${INDENT}${paint(sign)} ${head}${plain(first)}`,
    ...rest.map((line) => `${INDENT}  ${plain(line)}`),
  ];
}

function lineWidth(width: number): number {
  return Math.max(Math.min(width, WIDEST), 20);
}
