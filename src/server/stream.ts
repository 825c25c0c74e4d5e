import type { Queries } from "../store/queries.ts";
import { type Client, frame, type Hub } from "./hub.ts";

const PAGE = 500;
const HEARTBEAT = 15_000;

export interface StreamOptions {
  readonly hub: Hub;
  readonly queries: Queries;
  /** The last event the client has; null to start with what comes next. */
  readonly after: number | null;
}

/** The body of one `/api/stream`: what the client missed, from the store, then what happens. */
export function eventStream({ hub, queries, after }: StreamOptions): ReadableStream<Uint8Array> {
  const client = hub.subscribe();
  const texts = frames(client, queries, after);
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await texts.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch (error) {
        client.close();
        controller.error(error);
      }
    },
    async cancel() {
      client.close();
      await texts.return(undefined);
    },
  }, { highWaterMark: 1 });
}

async function* frames(client: Client, queries: Queries, after: number | null): AsyncGenerator<string, void> {
  yield "retry: 1000\n\n";
  // Subscribed before the first page is read, so nothing falls between the store and the queue.
  let seen = after ?? -1;
  for (let more = after !== null; more && !client.closed;) {
    const { events, next } = queries.events({ after: seen, limit: PAGE });
    seen = events.at(-1)?.seq ?? seen;
    if (events.length > 0) yield events.map((event) => frame(event).text).join("");
    more = next !== null;
  }
  while (!client.closed) {
    const text = client.take(seen);
    if (text !== "") yield text;
    else {
      await client.wait(HEARTBEAT);
      if (!client.closed && client.idle) yield ": still here\n\n";
    }
  }
}
