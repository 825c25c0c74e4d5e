/** An exchange while it is being read: observers see the same object, and may not write to it. */
import type { Exchange } from "./exchange.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface GrowingExchange extends Omit<Mutable<Exchange>, "request" | "response"> {
  readonly request: Mutable<Exchange["request"]>;
  readonly response: Mutable<Exchange["response"]>;
}
