/** What went wrong, and what to do. */
import type { App } from "../models/app.ts";
import { plural } from "../models/format.ts";
import { Icon } from "./icons.tsx";

export function Banners({ app }: { readonly app: App }) {
  return (
    <div class="banners">
      {app.notices.list.value.map(({ subject, text, remedy, retry }) => (
        <div key={subject} class="banner banner-error" role="alert">
          <Icon name="error" />
          <p>
            <strong>{text}</strong> {remedy}
          </p>
          {retry !== null && <button type="button" onClick={retry}>Try again</button>}
        </div>
      ))}
      <ConnectionBanner app={app} />
      <BlindBanner app={app} />
    </div>
  );
}

function ConnectionBanner({ app }: { readonly app: App }) {
  if (app.connection.value !== "lost" || app.info.value === null || app.notices.list.value.length > 0) {
    return null;
  }
  return (
    <div class="banner banner-warning" role="alert">
      <Icon name="warning" />
      <p>
        <strong>The live stream is interrupted.</strong>{" "}
        Trying again from the last event seen. If agentsight has ended, open its recording: agentsight view.
      </p>
    </div>
  );
}

function BlindBanner({ app }: { readonly app: App }) {
  const blind = app.coverage.blind.value;
  if (blind.length === 0) return null;
  return (
    <details class="banner banner-warning">
      <summary>
        <Icon name="warning" />
        <span>
          <strong>{plural(blind.length, "program")} cannot be looked into:</strong>{" "}
          calls they make are missing here.
        </span>
      </summary>
      <ul>
        {blind.map((event) => (
          <li key={event.seq}>
            <code>{event.library ?? event.exe}</code> {event.status}
            {event.reason !== undefined && `: ${event.reason}`}
          </li>
        ))}
      </ul>
    </details>
  );
}
