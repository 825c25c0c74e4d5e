/** An exchange while it is being read: observers see the same object, and may not write to it. */
import type { Exchange, RequestHead } from "./exchange.ts";
import type { Arrival } from "./reassembly/byte_stream.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface GrowingExchange extends Omit<Mutable<Exchange>, "request" | "response"> {
  readonly request: Mutable<Exchange["request"]>;
  readonly response: Mutable<Exchange["response"]>;
}

/** Of which the head of the request is there; `first` is the arrival of its first byte. */
export function begun(
  about: Pick<Exchange, "conn" | "transport" | "index" | "role">,
  { head, first: { actor, ts } }: { readonly head: RequestHead; readonly first: Arrival },
): GrowingExchange {
  return {
    ...about,
    actor,
    start: ts,
    last: ts,
    request: { head, bytes: 0, gaps: 0, complete: false },
    response: { head: null, bytes: 0, gaps: 0, complete: false },
  };
}
