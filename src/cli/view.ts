/** `view`: the web page on a recording, until Ctrl-C. */
import type { Micros } from "../event.ts";
import { openDashboard } from "./dashboard.ts";
import { ExitCode } from "./exit_code.ts";
import { openRecording } from "./open_recording.ts";
import { untilStopped } from "./stop.ts";
import { say } from "./print.ts";

export async function view(db: string | undefined, { port }: { readonly port: number }): Promise<number> {
  using store = openRecording(db);
  const meta = store.queries.meta();
  const dashboard = openDashboard({
    queries: store.queries,
    port,
    info: () => ({
      version: meta.version ?? "",
      live: false,
      recording: store.path,
      started: Number(meta.started ?? 0) as Micros,
      capture: meta.capture ?? "",
    }),
  });
  if (dashboard.moved) say(`port ${port} is taken, using the next free one`);
  say(`showing ${store.path} (Ctrl-C ends)`);
  say(`web page: ${dashboard.url}`);
  const stop = untilStopped(null, { say });
  await stop.requested;
  stop.release();
  await dashboard.stop();
  return ExitCode.ok;
}
