/** Events on stdout: NDJSON, or the live view. */
import type { Event } from "../event.ts";
import { type ConsoleOptions, formatEvent } from "./console_output.ts";
import { tryPrint } from "./print.ts";
import { colorsFor, width } from "./terminal.ts";
import type { TraceOptions } from "./trace_options.ts";

export class EventOutput {
  /** Resolves when nobody reads stdout any more. */
  readonly closed: Promise<void>;
  readonly #format: ((event: Event) => readonly string[]) | null;
  #close: () => void;
  #open = true;

  constructor(options: TraceOptions, { ownsTerminal }: { readonly ownsTerminal: boolean }) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#close = resolve;
    const isTerminal = Deno.stdout.isTerminal();
    const view: ConsoleOptions = { colors: colorsFor(isTerminal), width: width(), verbose: options.verbose };
    // Two programs writing to one screen can be read by nobody.
    const isQuiet = options.quiet || (ownsTerminal && isTerminal);
    if (options.json) this.#format = (event) => [JSON.stringify(event)];
    else this.#format = isQuiet ? null : (event) => formatEvent(event, view);
  }

  write(events: readonly Event[]): void {
    if (this.#format === null || !this.#open) return;
    const lines = events.flatMap(this.#format);
    if (lines.length === 0) return;
    this.#open = tryPrint(lines.join("\n"));
    if (!this.#open) this.#close();
  }
}
