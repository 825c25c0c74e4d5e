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
  for (const page of after === null ? [] : stored(client, queries, { after: seen })) {
    seen = page.last;
    yield page.text;
  }
  while (!client.closed) {
    const missed = client.takeMissed();
    if (missed !== null) {
      seen = Math.max(seen, missed.first - 1);
      for (const page of stored(client, queries, { after: seen, before: missed.last + 1 })) {
        seen = page.last;
        yield page.text;
      }
      // The store keeps a batch before the hub has it: what is not there could not be written.
      if (seen < missed.last) yield `event: dropped\ndata: {"count":${missed.last - seen}}\n\n`;
      seen = Math.max(seen, missed.last);
      continue;
    }
    const text = client.take(seen);
    if (text !== "") yield text;
    else {
      await client.wait(HEARTBEAT);
      if (!client.closed && client.idle) yield ": still here\n\n";
    }
  }
}

interface Page {
  readonly text: string;
  readonly last: number;
}

/** Events of the recording between two numbers, read as fast as the client takes them. */
function* stored(
  client: Client,
  queries: Queries,
  range: { readonly after: number; readonly before?: number },
): Generator<Page, void> {
  for (let after: number | null = range.after; after !== null && !client.closed;) {
    const { events, next } = queries.events({ ...range, after, limit: PAGE });
    const last = events.at(-1)?.seq;
    if (last === undefined) return;
    yield { text: events.map((event) => frame(event).text).join(""), last };
    after = next;
  }
}
