/** One call in the list. Wide lists show columns, narrow ones a card: the same cells in both. */
import type { CallRow } from "../api.ts";
import { formatClock, formatCost, formatMs, formatShort } from "../models/format.ts";
import type { LiveCall } from "../models/live_calls.ts";
import { routeHash } from "../models/route.ts";
import { snippetRuns } from "../models/snippet.ts";
import { CallMarks } from "./call_marks.tsx";
import { Icon } from "./icons.tsx";
import { CallStatus } from "./status.tsx";

interface CallLineProps {
  readonly row: CallRow;
  readonly snippet: string | null;
  readonly selected: boolean;
}

export function CallLine({ row, snippet, selected }: CallLineProps) {
  const { usage, timing } = row;
  return (
    <div class="call" role="row">
      <span class="call-time" role="cell">{formatClock(row.ts)}</span>
      <span class="call-model" role="cell">
        <b>{row.model ?? "unknown model"}</b>
        <small>{row.provider} · {row.comm}</small>
      </span>
      <span class="call-text" role="cell">
        <a href={routeHash("calls", row.id)} aria-current={selected ? "true" : undefined}>
          <Prompt row={row} />
        </a>
        <small>
          <CallMarks call={row} />
          {snippet === null ? <Answer row={row} /> : <Snippet text={snippet} />}
        </small>
      </span>
      <span class="call-tools" role="cell">
        <Tools names={row.tools} />
      </span>
      <span class="call-tokens num" role="cell">
        {formatShort(usage.input_tokens)} <span class="faint">in</span>{" "}
        <small>
          {formatShort(usage.output_tokens)} <span class="faint">out</span>
        </small>
      </span>
      <span class="call-cost num" role="cell">{formatCost(row.cost_usd)}</span>
      <span class="call-ttft num" role="cell">{formatMs(timing.ttft_ms)}</span>
      <span class="call-duration num" role="cell">{formatMs(timing.duration_ms)}</span>
      <span class="call-status" role="cell">
        <CallStatus row={row} />
      </span>
    </div>
  );
}

export function LiveLine({ call, selected }: { readonly call: LiveCall; readonly selected: boolean }) {
  return (
    <div class="call call-live" role="row">
      <span class="call-time" role="cell">{formatClock(call.since)}</span>
      <span class="call-model" role="cell">
        <b>Answer in progress</b>
        <small>{call.comm} · pid {call.pid}</small>
      </span>
      <span class="call-text" role="cell">
        <a href={routeHash("calls", call.id)} aria-current={selected ? "true" : undefined}>
          <LiveTail call={call} />
        </a>
      </span>
      <span class="call-status" role="cell">
        <CallStatus row={null} />
      </span>
    </div>
  );
}

/** Only this follows the text, so that a delta renders one line. */
function LiveTail({ call }: { readonly call: LiveCall }) {
  const text = call.text.value;
  return <bdi class="tail">{text.length > 240 ? `…${text.slice(-240)}` : text}</bdi>;
}

function Prompt({ row: { prompt, prompt_from } }: { readonly row: CallRow }) {
  if (prompt === "") return <i>{prompt_from === "tool" ? "empty tool result" : "no user text"}</i>;
  if (prompt_from === "user") return <>{prompt}</>;
  return (
    <>
      <i>tool result</i> <code>{prompt}</code>
    </>
  );
}

function Answer({ row }: { readonly row: CallRow }) {
  if (row.error !== null) return <>{row.error.type}: {row.error.message}</>;
  if (row.answer !== "") return <>{row.answer}</>;
  return <>{row.tools.length > 0 ? `calls ${row.tools.join(", ")}` : "no text in the answer"}</>;
}

function Snippet({ text }: { readonly text: string }) {
  return <>{snippetRuns(text).map((run, i) => run.match ? <mark key={i}>{run.text}</mark> : run.text)}</>;
}

function Tools({ names }: { readonly names: readonly string[] }) {
  const counts = Object.entries(Object.groupBy(names, (name) => name));
  return (
    <>
      {counts.slice(0, 2).map(([name, uses = []]) => (
        <span key={name} class="tag">
          <Icon name="tool" />
          <span>{name}{uses.length > 1 && ` ×${uses.length}`}</span>
        </span>
      ))}
      {counts.length > 2 && <span class="tag tag-more">+{counts.length - 2}</span>}
    </>
  );
}
