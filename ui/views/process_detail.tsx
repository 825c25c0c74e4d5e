/** One process: what was executed, and what it did. */
import type { Event } from "../../src/event.ts";
import type { ProcessRow } from "../api.ts";
import type { App } from "../models/app.ts";
import { formatArgv, formatBytes, formatClock, formatDate, formatSpan } from "../models/format.ts";
import { describeEvent } from "../models/event_text.ts";
import { MAX_EVENTS } from "../models/process_events.ts";
import { processKey } from "../models/process_tree.ts";
import { routeHash } from "../models/route.ts";
import { Empty } from "./empty.tsx";
import { ExitState } from "./exit_state.tsx";
import { Facts } from "./facts.tsx";
import { Icon } from "./icons.tsx";
import { TextBlock } from "./text_block.tsx";

export function ProcessDetail({ app, id }: { readonly app: App; readonly id: string }) {
  const row = app.processes.byKey.value.get(id);
  return (
    <section class="pane detail-pane" aria-label="Selected process">
      <div class="toolbar">
        <a class="button back" href={routeHash("processes")} aria-keyshortcuts="Escape">
          <Icon name="back" />Processes
        </a>
        <h2 class="detail-title">{row === undefined ? "Process" : `${row.comm} ${row.pid}`}</h2>
        {row !== undefined && <ExitState row={row} />}
      </div>
      <div class="scroll">
        {row === undefined
          ? (
            <Empty
              title={!app.calls.loaded.value ? "Reading the recording…" : "This process is not known here"}
            >
              It may be in another recording.
            </Empty>
          )
          : (
            <>
              <ProcessFacts app={app} row={row} />
              <Events app={app} />
            </>
          )}
      </div>
    </section>
  );
}

/** What is known when it is over. */
function ended({ cpu_us = null, rss_peak_kb = null }: ProcessRow): [string, string][] {
  return [
    ...(cpu_us === null ? [] : [["Processor time", formatSpan(cpu_us)] as [string, string]]),
    ...(rss_peak_kb === null ? [] : [["Most memory", formatBytes(rss_peak_kb * 1024)] as [string, string]]),
  ];
}

function ProcessFacts({ app, row }: { readonly app: App; readonly row: ProcessRow }) {
  const parent = app.processes.find(row.ppid, row.start);
  const calls = app.calls.rows.value.filter((call) => processKey(call) === processKey(row));
  return (
    <>
      <Facts
        facts={[
          ["Executable", <code key="exe">{row.exe === "" ? "not seen" : row.exe}</code>],
          ["Working directory", <code key="cwd">{row.cwd === "" ? "not seen" : row.cwd}</code>],
          ["Started", formatDate(row.start)],
          ["Duration", row.ended === null ? "still running" : formatSpan(row.ended - row.start)],
          ...ended(row),
          [
            "Parent",
            parent === null
              ? `pid ${row.ppid}`
              : (
                <a key="parent" href={routeHash("processes", processKey(parent))}>
                  {parent.comm}, pid {parent.pid}
                </a>
              ),
          ],
          ["Session", <code key="session">{row.session ?? "none"}</code>],
        ]}
      />
      <h3 class="heading">Command</h3>
      <TextBlock mono text={row.argv.length === 0 ? "not seen" : formatArgv(row.argv)} />
      {calls.length > 0 && (
        <>
          <h3 class="heading">LLM calls</h3>
          <ul class="link-list">
            {calls.slice(0, 20).map((call) => (
              <li key={call.id}>
                <a href={routeHash("calls", call.id)}>
                  <span class="num">{formatClock(call.timing.start)}</span> {call.model ?? "unknown model"}
                  {" "}
                  <span class="faint">{call.prompt.slice(0, 80)}</span>
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Events({ app }: { readonly app: App }) {
  const { events, next, loading } = app.processEvents;
  const list = events.value;
  return (
    <>
      <h3 class="heading">Files, network, MCP and life</h3>
      {list.length === 0 && next.value === null && (
        <p class="hint">Nothing yet. Files it opens and connections it makes appear here.</p>
      )}
      {list.length >= MAX_EVENTS && (
        <p class="hint">The last {MAX_EVENTS} of the events read so far are shown.</p>
      )}
      <ol class="events">{list.map((event) => <EventLine key={event.seq} event={event} />)}</ol>
      {next.value !== null && (
        <p class="end">
          <button type="button" disabled={loading} onClick={() => void app.loadMoreEvents()}>
            {loading.value ? "Reading…" : "Load more events"}
          </button>
        </p>
      )}
    </>
  );
}

function EventLine({ event }: { readonly event: Event }) {
  const { verb, object, note, failed } = describeEvent(event);
  return (
    <li class={failed ? "event event-failed" : "event"}>
      <span class="num faint">{formatClock(event.ts, "ms")}</span>
      <span class="event-verb">{verb}</span>
      <code>{object}</code>
      <span class="event-note">
        {note}
        {event.count !== undefined && event.count > 1 && ` ×${event.count}`}
      </span>
    </li>
  );
}
