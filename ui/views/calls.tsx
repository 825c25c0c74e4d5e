/** The Calls tab: the list, and beside it the selected conversation. */
import type { App } from "../models/app.ts";
import { MAX_CALLS } from "../models/call_list.ts";
import { formatCount } from "../models/format.ts";
import { CallDetailView } from "./call_detail.tsx";
import { CallLine, LiveLine } from "./call_line.tsx";
import { Empty, Loading } from "./empty.tsx";
import { useGrowing } from "./growing.ts";
import { SearchBox } from "./search_box.tsx";

const COLUMNS = [
  "Time",
  "Model",
  "Prompt and answer",
  "Tools",
  "Tokens",
  "Cost",
  "First token",
  "Duration",
  "Status",
];

export function CallsView({ app }: { readonly app: App }) {
  const selected = app.route.value.item;
  const { limit, onScroll } = useGrowing(app.calls.rows.value.length);
  return (
    <div class={selected === null ? "split" : "split split-open"}>
      <section class="pane list-pane" aria-label="List of calls">
        <div class="toolbar">
          <SearchBox app={app} />
        </div>
        <div class="scroll" data-keys="list" onScroll={onScroll}>
          <CallTable app={app} limit={limit.value} />
        </div>
      </section>
      {selected !== null && <CallDetailView app={app} id={selected} />}
    </div>
  );
}

function CallTable({ app, limit }: { readonly app: App; readonly limit: number }) {
  const hits = app.hits.value;
  const rows = app.calls.rows.value;
  const live = app.liveShown.value;
  const selected = app.route.value.item;
  if (hits !== null && hits.length === 0) {
    return (
      <Empty title={`Nothing found for “${app.calls.search.value?.text ?? ""}”`}>
        A prompt or an answer must have all the words; of the last one its beginning is enough.{" "}
        {app.session.value !== null && "Only the chosen session was searched. "}Clear the search to see all
        calls.
      </Empty>
    );
  }
  if (hits === null && rows.length === 0 && live.length === 0) return <NoCalls app={app} />;
  return (
    <>
      <div class="calls" role="table" aria-label="LLM calls, newest first">
        <div class="call-head" role="row">
          {COLUMNS.map((name) => <span key={name} role="columnheader">{name}</span>)}
        </div>
        {hits === null &&
          live.map((call) => <LiveLine key={call.id} call={call} selected={call.id === selected} />)}
        {hits === null
          ? rows.slice(0, limit).map((row) => (
            <CallLine key={row.id} row={row} snippet={null} selected={row.id === selected} />
          ))
          : hits.map(({ call, snippet }) => (
            <CallLine key={call.id} row={call} snippet={snippet} selected={call.id === selected} />
          ))}
      </div>
      {hits === null && rows.length <= limit && <Older app={app} />}
    </>
  );
}

function Older({ app }: { readonly app: App }) {
  const count = app.calls.rows.value.length;
  if (!app.calls.hasOlder.value) return <p class="end">{formatCount(count)} calls, all shown</p>;
  if (count >= MAX_CALLS) {
    return <p class="end">The newest {formatCount(MAX_CALLS)} calls are shown. Search to find older ones.</p>;
  }
  return (
    <p class="end">
      <button type="button" onClick={() => void app.loadOlderCalls()}>Load older calls</button>
    </p>
  );
}

function NoCalls({ app }: { readonly app: App }) {
  if (!app.calls.loaded.value) return <Loading app={app} />;
  if (app.session.value !== null) {
    return <Empty title="No LLM call in this session">Choose another session, or all of them.</Empty>;
  }
  if (app.info.value?.live === false) {
    return (
      <Empty title="This recording has no LLM call">
        It may still have processes and files: see the other tabs. A program that could not be looked into is
        named above.
      </Empty>
    );
  }
  return (
    <Empty title="No LLM call yet" command="sudo agentsight trace -- claude -p 'hello'">
      Prompts, answers and tool calls appear here the moment a watched program talks to a model. Give a
      watched agent something to do, or start one:
    </Empty>
  );
}
