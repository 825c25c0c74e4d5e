import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import pc from "picocolors";
import type { Event } from "../event.ts";
import { REPORTED } from "../store/reports_fixture.ts";
import type { ReportFilter } from "../store/report_filter.ts";
import { Store } from "../store/store.ts";
import { promptJson } from "./prompt_json.ts";
import { formatPrompts } from "./prompt_output.ts";
import type { ReportLook } from "./report_notes.ts";
import { formatTokens } from "./token_output.ts";
import { formatTools } from "./tool_output.ts";

interface Options extends ReportFilter {
  readonly events?: readonly Event[];
  readonly capture?: string;
  readonly width?: number;
}

type Report = (store: Store, look: ReportLook) => Iterable<string>;

/** The lines of a report; times and dates, which depend on the zone, as `TIME` and `DATE`. */
function lines(
  report: Report,
  { events = REPORTED, capture = "redacted", width = 100, ...filter }: Options = {},
) {
  const directory = mkdtempSync("/tmp/agentsight-reports-");
  const path = join(directory, "r.sqlite");
  try {
    const writer = Store.create({ path, meta: { version: "0.1.0", started: "1", capture } });
    writer.append(events);
    writer.close();
    using store = Store.open(path);
    const look = { evidence: store.reports.evidence(), filter, width, colors: pc.createColors(false) };
    return [...report(store, look)].map((line) =>
      line.replace(/\d{4}-\d\d-\d\d /, "DATE ").replace(/\b\d\d:\d\d:\d\d\b/g, "TIME")
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const tokens: Report = ({ reports }, look) => formatTokens(reports.tokens("model", look.filter), look);
const bySession: Report = ({ reports }, look) => formatTokens(reports.tokens("session", look.filter), look);
const tools: Report = ({ reports }, look) => formatTools(reports.tools("tool", look.filter), look);
const prompts = (more: { full?: boolean; grep?: string } = {}): Report => ({ reports }, look) =>
  formatPrompts({ calls: reports.calls(look.filter), grep: more.grep }, {
    ...look,
    full: more.full ?? false,
  });

const GAPS = [
  "1 call is incomplete: text, tokens or tools may be missing.",
  "Evidence was lost: 4,096 bytes of payload. There may be more than is shown.",
];

const goldens:
  readonly (readonly [name: string, report: Report, options: Options, lines: readonly string[]])[] = [
    ["tokens", tokens, { width: Infinity }, [
      "MODEL    PROVIDER   CALLS  ERRORS  RETRIES  INCOMPLETE  INPUT  CACHE READ  CACHE WRITE  OUTPUT  REASONING  UNPRICED      COST",
      "opus     anthropic      3       1        1           0  2,200       1,600           50     130         20         0   $0.7500",
      "haiku    anthropic      1       0        0           0     40           –            –       4          –         0   $0.1250",
      "unknown  unknown        1       0        0           1      7           –            –       –          –         1  unpriced",
      "total                   5       1        1           1  2,247       1,600           50     134         20         1   $0.8750",
      "",
      "Input includes what was read from and written to a cache. Output includes reasoning. Cost is at list prices. " +
      "1 call without a known price or usage is not in it.",
      ...GAPS,
    ]],
    ["tokens by session, narrow", bySession, { width: 60, session: "aaa" }, [
      "SESSION  CALLS  ERRORS  INPUT  CACHE READ  OUTPUT     COST",
      "aaa-100      4       1  2,240       1,600     134  $0.8750",
      "total        4       1  2,240       1,600     134  $0.8750",
      "",
      "Input includes what was read from and written to a cache. Output includes reasoning. Cost is at list prices.",
      "No room for: first call, agent, retries, cache write, reasoning. A wider terminal or --json has them.",
      ...GAPS,
    ]],
    ["tokens of nobody", tokens, { agent: "codex", model: "gpt" }, [
      "No LLM call with --agent codex --model gpt; the recording has 5 LLM calls.",
      "Names to choose from: agentsight report tokens --by agent",
      ...GAPS,
    ]],
    ["an empty recording", tokens, { events: [] }, [
      "No LLM call in this recording.",
      "Record an agent at work: sudo agentsight record -- CMD. Why a program is not seen: sudo agentsight doctor FILE",
    ]],
    ["a recording without payload", tools, { events: [], capture: "off" }, [
      "No LLM call in this recording.",
      "It was made with --capture off, which keeps none. Leave that out: sudo agentsight record -- CMD",
    ]],
    ["tools", tools, { width: 110 }, [
      "TOOL  CALLS  ERRORS  NO RESULT  RESULTS  MEDIAN    MAX  MCP SERVER  ITS MEDIAN  AGENTS          MODELS",
      "Bash      2       1          1      7 B   2.0 s  2.0 s  shell           250 ms  claude, review  opus",
      "",
      "Times are from the model's answer to the request that has the result: with approval and tools run beside it.",
      ...GAPS,
    ]],
    ["prompts", prompts(), {}, [
      "Conversation conv-1 · claude · DATE TIME · session aaa-100",
      "TIME  opus  no usage · 1.5 s",
      "  › Merge the 筆記⏎now",
      "  ✗ overloaded_error Overloaded",
      "TIME  opus  1,000 in · 100 out · $0.5000 · 1.5 s",
      "  Repeats the failed call of TIME.",
      "  › Merge the 筆記⏎now",
      "  ‹ I look.",
      '  ⚙ Bash {"command":"sort a b"}',
      "TIME  opus  1,200 in · 30 out · $0.2500 · 1.5 s",
      "  ↳ Bash 3 lines",
      "  ‹ Done \\u001b[31m✔",
      "",
      "Conversation conv-1 · claude, subagent · DATE TIME · session aaa-100",
      "TIME  haiku  40 in · 4 out · $0.1250 · 1.5 s",
      "  › Check it.",
      "  ‹ Fine.",
      "",
      "Conversation from call c10 · review · DATE TIME · session bbb-200",
      "TIME  unknown model  7 in · 1.5 s",
      "  12 bytes of this call are missing.",
      "  › review",
      "  ‹ Half an ans",
      "",
      ...GAPS,
    ]],
    ["prompts with a text, whole", prompts({ full: true, grep: "LOOK." }), { width: 30 }, [
      "Conversation conv-1 · claude …",
      "TIME  opus  1,000 in · 100 out · $0.5000 · 1.5 s",
      "  Repeats the failed call of TIME.",
      "  › Merge the 筆記",
      "    now",
      "  ‹ I look.",
      '  ⚙ Bash {"command":"sort a b"}',
      "",
      ...GAPS,
    ]],
    ["prompts without the text", prompts({ grep: "zebra" }), {}, [
      'No text "zebra" in 5 LLM calls.',
      ...GAPS,
    ]],
  ];

for (const [name, report, options, expected] of goldens) {
  Deno.test(`report: ${name}`, () => assert.deepEqual(lines(report, options), expected));
}

Deno.test("report: prompts as JSON are one document, whole and without the history", () => {
  const about = { recording: "r", evidence: { calls: 5 } as never };
  const text = lines(({ reports }) => promptJson({ calls: reports.calls(), grep: undefined }, about)).join(
    "\n",
  );
  const { recording, conversations } = JSON.parse(text);
  assert.equal(recording, "r");
  assert.deepEqual(
    conversations.map((
      { conversation, thread, session, agent, calls }: Record<string, unknown>,
    ) => [conversation, thread, session, agent, (calls as { id: string }[]).map(({ id }) => id)]),
    [
      ["conv-1", "c3", "aaa-100", "claude", ["c3", "c4", "c8"]],
      ["conv-1", "c9", "aaa-100", "claude", ["c9"]],
      [null, "c10", "bbb-200", "review", ["c10"]],
    ],
  );
  const last = conversations[0].calls[2];
  assert.deepEqual([last.history_messages, last.messages.length, last.answer.text], [2, 1, "Done \x1b[31m✔"]);
});
