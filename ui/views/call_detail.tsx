/** One call in full, or its text as it arrives. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { LlmCalled } from "../../src/event.ts";
import type { App } from "../models/app.ts";
import { callRelations } from "../models/call_relations.ts";
import {
  formatBytes,
  formatCost,
  formatCount,
  formatDate,
  formatJson,
  formatMs,
  formatRate,
} from "../models/format.ts";
import type { LiveCall } from "../models/live_calls.ts";
import { processKey } from "../models/process_tree.ts";
import { routeHash } from "../models/route.ts";
import { CallMarks } from "./call_marks.tsx";
import { CallRelationsView } from "./call_relations.tsx";
import { Conversation } from "./conversation.tsx";
import { Empty } from "./empty.tsx";
import { Facts } from "./facts.tsx";
import { Icon } from "./icons.tsx";
import { TextBlock } from "./text_block.tsx";

export function CallDetailView({ app, id }: { readonly app: App; readonly id: string }) {
  const call = app.callDetail.call.value;
  const live = app.liveShown.value.find((call) => call.id === id);
  const [raw, setRaw] = useState(false);
  return (
    <section class="pane detail-pane" aria-label="Selected call">
      <div class="toolbar">
        <a class="button back" href={routeHash("calls")} aria-keyshortcuts="Escape">
          <Icon name="back" />Calls
        </a>
        <h2 class="detail-title">
          {live === undefined ? call?.model ?? "Call" : "Answer in progress"}
        </h2>
        {call !== null && (
          <button type="button" aria-pressed={raw} onClick={() => setRaw(!raw)}>Raw JSON</button>
        )}
      </div>
      <div class="scroll">
        {live !== undefined
          ? <LiveText call={live} />
          : call === null
          ? <Empty title="Reading the call…" />
          : raw
          ? <TextBlock key={id} mono text={formatJson(call)} />
          : <FinishedCall key={id} call={call} app={app} />}
      </div>
    </section>
  );
}

function LiveText({ call }: { readonly call: LiveCall }) {
  return (
    <div class="conversation">
      <p class="hint">The prompt, the tools and the usage follow when the answer is complete.</p>
      <section class="message message-answer" aria-label="Answer so far">
        <h3>answer so far</h3>
        <pre class="prose caret">{call.text}</pre>
      </section>
    </div>
  );
}

function FinishedCall({ call, app }: { readonly call: LlmCalled; readonly app: App }) {
  const process = app.processes.byKey.value.get(processKey(call)) ?? null;
  const relations = callRelations(call, app.calls.rows.value);
  return (
    <>
      <Failure call={call} />
      <Warning call={call} />
      <p class="call-marks">
        <CallMarks call={call} />
      </p>
      <CallRelationsView id={call.id} relations={relations} appended={call.appended ?? null} />
      <Facts
        facts={[
          ["Started", formatDate(call.timing.start)],
          ["Duration", formatMs(call.timing.duration_ms)],
          ["First token", formatMs(call.timing.ttft_ms)],
          ["Output rate", formatRate(call.timing.tokens_per_s)],
          ["Cost", cost(call)],
          ["Provider", `${call.provider}, ${call.api}`],
          ["Operation", call.operation?.replaceAll("_", " ") ?? "unknown"],
          ["Endpoint", <code key="endpoint">{call.endpoint}</code>],
          [
            "Answered",
            `${call.http.status ?? "no status"}, HTTP ${call.http.version}${
              call.streaming ? ", streamed" : ""
            }`,
          ],
          [
            "Process",
            process === null
              ? `${call.comm}, pid ${call.pid}`
              : (
                <a key="process" href={routeHash("processes", processKey(process))}>
                  {call.comm}, pid {call.pid}
                </a>
              ),
          ],
          ...ids(call),
        ]}
      />
      <UsageTable call={call} />
      <Conversation call={call} mcp={app.callDetail.mcp.value} />
    </>
  );
}

/** A failed call without usage cost nothing that anybody says. */
function cost({ cost_usd, error, usage: { input_tokens, output_tokens } }: LlmCalled): string {
  if (cost_usd !== null) return formatCost(cost_usd);
  return error !== null && input_tokens === null && output_tokens === null ? formatCost(null) : "unpriced";
}

/** What the provider and the client call it: what their own logs can be searched for. */
function ids({ conversation, response, request_id }: LlmCalled): [string, ComponentChildren][] {
  const names: [string, string | null | undefined][] = [
    ["Conversation", conversation],
    ["Request id", request_id],
    ["Response id", response.id],
  ];
  return names.flatMap(([name, id]) => typeof id === "string" ? [[name, <code key={name}>{id}</code>]] : []);
}

function Failure({ call: { error, http } }: { readonly call: LlmCalled }) {
  if (error === null) return null;
  return (
    <p class="banner banner-error">
      <Icon name="error" />
      <span>
        <strong>{error.type}</strong> {http.status !== null && `HTTP ${http.status}. `}
        {error.message}
      </span>
    </p>
  );
}

function Warning({ call }: { readonly call: LlmCalled }) {
  if (call.complete && call.gaps === 0) return null;
  return (
    <p class="banner banner-warning">
      <Icon name="warning" />
      <span>
        <strong>{call.complete ? "Bytes are missing." : "This call is not complete."}</strong> {call.gaps > 0
          ? `${formatBytes(call.gaps)} of the request or the answer were not captured.`
          : "Its process or connection ended before the answer did."}
      </span>
    </p>
  );
}

function UsageTable({ call: { usage } }: { readonly call: LlmCalled }) {
  const cells: readonly [string, number | null][] = [
    ["Input", usage.input_tokens],
    ["incl. cache read", usage.cache_read_tokens],
    ["incl. cache write", usage.cache_write_tokens],
    ["Output", usage.output_tokens],
    ["incl. reasoning", usage.reasoning_tokens],
  ];
  return (
    <table class="usage">
      <caption class="quiet">Tokens</caption>
      <thead>
        <tr>{cells.map(([name]) => <th key={name} scope="col">{name}</th>)}</tr>
      </thead>
      <tbody>
        <tr>{cells.map(([name, count]) => <td key={name}>{formatCount(count)}</td>)}</tr>
      </tbody>
    </table>
  );
}
