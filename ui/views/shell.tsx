/** The page's frame: header, navigation, notices, the chosen tab. */
import type { App } from "../models/app.ts";
import { formatCost, formatShort } from "../models/format.ts";
import { routeHash, type Tab, TABS } from "../models/route.ts";
import { Banners } from "./banner.tsx";
import { CallsView } from "./calls.tsx";
import { ProcessesView } from "./processes.tsx";
import { SessionSelect } from "./session_select.tsx";
import { SummaryStrip } from "./summary_strip.tsx";
import { TimelineView } from "./timeline.tsx";

const TITLES: Readonly<Record<Tab, string>> = {
  calls: "Calls",
  timeline: "Timeline",
  processes: "Processes",
};
const VIEWS = { calls: CallsView, timeline: TimelineView, processes: ProcessesView } as const;

export function Shell({ app }: { readonly app: App }) {
  const { tab } = app.route.value;
  const View = VIEWS[tab];
  return (
    <>
      <a class="skip" href="#main" onClick={focusMain}>Skip to content</a>
      <header class="top">
        <h1 class="brand">
          <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
            <path d="M1.5 10s3-5.5 8.5-5.5 8.5 5.5 8.5 5.5-3 5.5-8.5 5.5-8.5-5.5-8.5-5.500z" />
            <circle cx="10" cy="10" r="2.5" />
          </svg>
          AgentSight
        </h1>
        <nav class="tabs" aria-label="Views">
          {TABS.map((name, index) => (
            <a
              key={name}
              href={routeHash(name)}
              aria-current={name === tab ? "page" : undefined}
              aria-keyshortcuts={String(index + 1)}
            >
              {TITLES[name]}
            </a>
          ))}
        </nav>
        <SessionSelect app={app} />
        <Status app={app} />
      </header>
      <SummaryStrip app={app} />
      <Banners app={app} />
      <main id="main" class="main" tabIndex={-1} aria-label={TITLES[tab]}>
        <View app={app} />
      </main>
      <Announcer app={app} />
    </>
  );
}

/** The hash is the route, so the usual fragment link cannot be used. */
function focusMain(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

const STATES = {
  open: { sign: "●", text: "Live" },
  connecting: { sign: "◌", text: "Connecting" },
  lost: { sign: "▲", text: "Reconnecting" },
  none: { sign: "■", text: "Recording" },
} as const;

function Status({ app }: { readonly app: App }) {
  const info = app.info.value;
  const state = app.connection.value;
  const { sign, text } = STATES[state];
  return (
    <p class={`state state-${state}`} role="status" title={info === null ? "" : info.recording}>
      <span aria-hidden="true">{sign}</span> {text}
      {app.dropped.value > 0 && (
        <span class="state-dropped">
          , {formatShort(app.dropped.value)} skipped
        </span>
      )}
    </p>
  );
}

/** Tells a screen reader of each finished call, and of nothing else: text that streams would never stop talking. */
function Announcer({ app }: { readonly app: App }) {
  const row = app.calls.rows.value[0];
  const text = row === undefined
    ? ""
    : `Call to ${row.model ?? "an unknown model"}: ${formatShort(row.usage.output_tokens)} tokens out, ${
      formatCost(row.cost_usd)
    }`;
  return <p class="quiet" role="log" aria-live="polite">{text}</p>;
}
