import { type Context, Hono } from "hono";
import type { EventFilter, Queries } from "../store/queries.ts";
import { guard } from "./access.ts";
import type { Info } from "./api.ts";
import type { Hub } from "./hub.ts";
import { eventStream } from "./stream.ts";

export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

export interface AppOptions {
  readonly queries: Queries;
  readonly hub: Hub;
  readonly token: string;
  readonly info: () => Info;
  /** By path; `/` is the page. */
  readonly assets: ReadonlyMap<string, Asset>;
}

/** The dashboard: every route of `api.ts`, and the page. */
export function createApp({ queries, hub, token, info, assets }: AppOptions): Hono {
  const app = new Hono();
  app.use(guard(token));
  app.onError((error, c) => c.json({ error: `Cannot answer: ${error.message}` }, 500));
  app.notFound((c) => c.json({ error: `Cannot find ${c.req.path}` }, 404));

  app.get("/api/info", (c) => c.json(info()));
  app.get("/api/summary", (c) => c.json({ ...queries.summary(), seq: queries.lastSeq() }));
  app.get("/api/calls", (c) => c.json(queries.calls(present({ ...page(c), session: session(c) }))));
  app.get("/api/calls/:id", (c) => {
    const call = queries.call(c.req.param("id"));
    return call === null ? c.json({ error: "Cannot find this call: unknown id" }, 404) : c.json(call);
  });
  app.get("/api/processes", (c) => {
    const processes = queries.processes(present({ session: session(c) }));
    return c.json({ seq: queries.lastSeq(), processes });
  });
  app.get("/api/events", (c) => c.json(queries.events(filter(c))));
  app.get(
    "/api/search",
    (c) =>
      c.json(queries.search(c.req.query("q") ?? "", present({ session: session(c), limit: page(c).limit }))),
  );
  app.get("/api/stream", (c) => {
    const after = whole(c.req.header("last-event-id") ?? c.req.query("after"));
    return c.body(eventStream({ hub, queries, after: after ?? null }), 200, {
      "content-type": "text/event-stream",
      "x-accel-buffering": "no",
    });
  });

  app.get("*", (c) => {
    const asset = assets.get(c.req.path);
    return asset === undefined ? c.notFound() : c.body(asset.bytes, 200, { "content-type": asset.type });
  });
  return app;
}

function filter(c: Context): EventFilter {
  const kinds = c.req.query("kind")?.split(",").filter((kind) => kind !== "");
  return present({
    ...page(c),
    kinds,
    session: session(c),
    pid: whole(c.req.query("pid")),
    after: whole(c.req.query("after")),
  });
}

function page(c: Context): { before: number | undefined; limit: number | undefined } {
  return { before: whole(c.req.query("before")), limit: whole(c.req.query("limit")) };
}

function session(c: Context): string | undefined {
  return c.req.query("session") || undefined;
}

/** A whole number that is not negative, else as if it had not been given. */
function whole(text: string | undefined): number | undefined {
  const number = text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(number) ? number : undefined;
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(options: T): Present<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Present<T>;
}
