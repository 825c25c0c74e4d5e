/** Server-sent events from body bytes, with characters and events split anywhere. */
import { createParser, type EventSourceParser } from "eventsource-parser";

export class SseDecoder {
  readonly #parser: EventSourceParser;
  #decoder = newDecoder();
  /** After a gap: the last characters, while the next event's start is looked for. */
  #tail: string | null = null;

  /** `onData` gets the data of each event. */
  constructor(onData: (data: string) => void) {
    this.#parser = createParser({ onEvent: (event) => onData(event.data) });
  }

  push(bytes: Uint8Array): void {
    const text = this.#decoder.decode(bytes, { stream: true });
    if (this.#tail === null) this.#parser.feed(text);
    else this.#seek(this.#tail + text);
  }

  /** The event that was being read is dropped: two halves must not make a third. */
  gap(): void {
    this.#parser.reset();
    this.#decoder = newDecoder();
    this.#tail = "";
  }

  /** Some servers leave out the empty line after the last event. */
  end(): void {
    if (this.#tail === null) this.#parser.feed("\n\n");
  }

  #seek(text: string): void {
    const boundary = /\r\n\r\n|\n\n|\r\r/.exec(text);
    if (!boundary) {
      this.#tail = text.slice(-3);
      return;
    }
    this.#tail = null;
    this.#parser.feed(text.slice(boundary.index + boundary[0].length));
  }
}

/** The mark in front of a stream is the parser's to skip; anywhere else it is text. */
function newDecoder(): TextDecoder {
  return new TextDecoder("utf-8", { ignoreBOM: true });
}
