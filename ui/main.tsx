/** Wires the page together: transport, models, address bar, keyboard, views. */
import { render } from "preact";
import { createApi } from "./api.ts";
import { FrameBatch, nextFrame } from "./frame_batch.ts";
import { App } from "./models/app.ts";
import { parseRoute } from "./models/route.ts";
import { Stream, type StreamItem } from "./stream.ts";
import { listenForKeys } from "./views/keys.ts";
import { Shell } from "./views/shell.tsx";

const SUMMARY_EVERY_MS = 5000;
const RETRY_MS = 3000;

const app = new App(createApi());
show(app);
await keepTrying(() => app.greet());
/** The stream first: what happens while the recording is read must not be missed. */
if (app.info.peek()?.live) follow(app);
await keepTrying(() => app.load());
setInterval(() => void app.refresh(), SUMMARY_EVERY_MS);

function show(app: App): void {
  const readRoute = () => app.route.value = parseRoute(location.hash);
  addEventListener("hashchange", readRoute);
  readRoute();
  listenForKeys(app);
  const root = document.getElementById("app");
  if (root !== null) render(<Shell app={app} />, root);
}

function follow(app: App): void {
  const frames = new FrameBatch<StreamItem>((items) => {
    const count = frames.takeDropped();
    app.apply(count === 0 ? items : [...items, { type: "dropped", count }]);
  }, nextFrame);
  let interrupted = false;
  const stream = new Stream({
    item: (item) => frames.push(item),
    connection: (state) => {
      app.connection.value = state;
      // The stream begins with the text so far of every call in progress.
      if (state === "open") app.live.clear();
      if (state === "open" && interrupted) void catchUp(app);
      interrupted = state === "open" ? false : interrupted || state === "lost";
    },
  }, {
    connect: (url) => new EventSource(url),
    later: (run, ms) => setTimeout(run, ms),
  });
  stream.start(null);
}

/** After an interruption the server may be another one, with another recording. */
async function catchUp(app: App): Promise<void> {
  const before = app.info.peek()?.recording;
  if (await app.greet() && app.info.peek()?.recording !== before) location.reload();
  else await app.load();
}

async function keepTrying(action: () => Promise<boolean>): Promise<void> {
  while (!await action()) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
}
