/** Server-sent events from body bytes, with characters and events split anywhere. */
import { createParser, type EventSourceParser } from "eventsource-parser";
import { ByteBuffer, type MemoryBudget } from "../byte_buffer.ts";
import type { MessageReader } from "../body/message_sink.ts";
import { type Repeat, Source, Template } from "./template.ts";

export interface SseOptions {
  /** Gets the data of each event; what it gives back may tell the events that follow. */
  readonly onData: (data: string) => Repeat | null;
  /** Bytes of one event. */
  readonly limit: number;
  readonly budget: MemoryBudget;
  /** An event was longer than the limit, and is dropped. */
  readonly onTooLong: () => void;
}

/** Some streams take turns between a few kinds of events. */
const TEMPLATES = 4;
/** A stream whose templates match nothing is not worth more of them. */
const VAIN_TEMPLATES = 16;
const LF = 10, CR = 13;

export class SseDecoder implements MessageReader {
  readonly #options: SseOptions;
  readonly #parser: EventSourceParser;
  /** The mark in front of a stream is the parser's to skip; anywhere else it is text. */
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** Bytes of the event that is not whole yet. */
  readonly #rest: ByteBuffer;
  /** The last that matched first. */
  readonly #templates: Template[] = [];
  #vain = 0;
  /** Of the block that is being parsed: where line ends are mixed, more than one. */
  #events = 0;
  #event: { data: string; repeat: Repeat | null } | null = null;
  /** The parser waits for nothing: after a bare CR it may. */
  #idle = false;
  /** After a gap the next event's start is looked for. */
  #seeking = false;

  constructor(options: SseOptions) {
    this.#options = options;
    this.#rest = new ByteBuffer(options.limit, options.budget);
    this.#parser = createParser({
      onEvent: ({ data }) => {
        this.#events++;
        this.#event = { data, repeat: options.onData(data) };
      },
    });
  }

  push(bytes: Uint8Array): void {
    if (this.#rest.length > 0) return this.#continue(bytes);
    const end = lastBlankLine(bytes, 0);
    if (end > 0) this.#read(bytes.subarray(0, end));
    this.#keep(end > 0 ? bytes.subarray(end) : bytes);
  }

  /** The event that was being read is dropped: two halves must not make a third. */
  gap(): void {
    this.#rest.clear();
    this.#parser.reset();
    this.#seeking = true;
  }

  /** Some servers leave out the empty line after the last event. */
  end({ complete }: { readonly complete: boolean }): void {
    if (complete && !this.#seeking && this.#rest.length > 0) {
      this.#parser.feed(this.#decoder.decode(this.#rest.view()) + "\n\n");
    }
    this.#rest.release();
  }

  #continue(bytes: Uint8Array): void {
    const known = this.#rest.length;
    if (this.#rest.append(bytes) > 0) return this.#tooLong();
    const view = this.#rest.view();
    // A blank line may have begun with what was kept.
    const end = lastBlankLine(view, Math.max(0, known - 3));
    if (end === 0) return;
    this.#read(view.subarray(0, end));
    const left = view.slice(end);
    this.#rest.clear();
    this.#keep(left);
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length > 0 && this.#rest.append(bytes) > 0) this.#tooLong();
  }

  #tooLong(): void {
    this.gap();
    this.#options.onTooLong();
  }

  /** Whole events. */
  #read(bytes: Uint8Array): void {
    const source = new Source(bytes, this.#decoder);
    let at = this.#seeking ? nextBlankLine(bytes, 0) : 0;
    this.#seeking = false;
    while (at < bytes.length) {
      const told = this.#idle ? this.#tell(source, at) : -1;
      const end = told > 0 ? told : nextBlankLine(bytes, at);
      if (told < 0) this.#parse(source.text(at, end));
      at = end;
    }
  }

  #tell(source: Source, at: number): number {
    const templates = this.#templates;
    for (let i = 0; i < templates.length; i++) {
      const end = templates[i]!.tell(source, at);
      if (end < 0) continue;
      this.#vain = 0;
      if (i > 0) templates.unshift(...templates.splice(i, 1));
      return end;
    }
    return -1;
  }

  #parse(block: string): void {
    this.#event = null;
    this.#events = 0;
    this.#parser.feed(block);
    this.#idle = block.endsWith("\n");
    const { data, repeat } = this.#event ?? { data: "", repeat: null };
    if (!repeat || this.#events > 1 || this.#vain >= VAIN_TEMPLATES) return;
    const template = Template.of(block, { data, repeat });
    if (!template) return;
    this.#vain++;
    this.#templates.unshift(template);
    this.#templates.length = Math.min(this.#templates.length, TEMPLATES);
  }
}

/** Behind the last blank line that ends at or behind `from`; 0 when there is none. */
function lastBlankLine(bytes: Uint8Array, from: number): number {
  for (let i = bytes.length - 1; i >= from && i > 0; i--) {
    const byte = bytes[i]!;
    if (byte !== LF && byte !== CR) continue;
    const before = bytes[i - 1]!;
    if (before === byte) return i + 1;
    if (byte === LF && before === CR && (bytes[i - 2] === LF || bytes[i - 2] === CR)) return i + 1;
  }
  return 0;
}

/** Behind the next blank line; the end when there is none. */
function nextBlankLine(bytes: Uint8Array, from: number): number {
  for (let i = from + 1; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte !== LF && byte !== CR) continue;
    const before = bytes[i - 1]!;
    if (before === byte || (byte === LF && before === CR && i >= from + 2 && bytes[i - 2] === LF)) {
      return i + 1;
    }
  }
  return bytes.length;
}
