/**
 * permessage-deflate of one direction (RFC 7692, section 7.2.2), by the zlib that decodes bodies too.
 *
 * After a loss it starts without history, and is still never wrong: zlib refuses to refer to what it has not itself put out,
 * and what it has put out since is certain. So each message is inflated or told to be undecodable.
 */
import type { MemoryBudget } from "../byte_buffer.ts";
import { INFLATE_MEMORY } from "../coding/codings.ts";
import { NativeInflater } from "../coding/native_inflater.ts";

/** What the sender of a message cut off its end. */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

/** Gets inflated bytes, only valid during the call, and tells whether it takes more. */
type Give = (bytes: Uint8Array) => boolean;

export class MessageInflater {
  readonly #takeover: boolean;
  readonly #budget: MemoryBudget;
  #stream: NativeInflater | null = null;
  #reserved = 0;
  /** The compressor ended a stream within this message, and its history with it. */
  #restarted = false;

  constructor({ takeover, budget }: { takeover: boolean; budget: MemoryBudget }) {
    this.#takeover = takeover;
    this.#budget = budget;
  }

  /** Whether the bytes could be inflated and were taken. */
  push(bytes: Uint8Array, give: Give): boolean {
    const stream = this.#stream ?? this.#open();
    if (!stream) return false;
    let from = 0;
    while (true) {
      const { out, used, state } = stream.step(bytes, from);
      from += used;
      if (out.length > 0 && !give(out)) return false;
      if (state === "hungry") return true;
      if (state === "broken") return false;
      if (state === "ended") {
        this.#restarted = true;
        stream.reset();
      }
    }
  }

  /** Whether the message, all of which was pushed, is whole. */
  finish(give: Give): boolean {
    const whole = this.push(TAIL, give);
    if (!whole || !this.#takeover || this.#restarted) this.forget();
    return whole;
  }

  /** What came before is not there to be referred to. */
  forget(): void {
    this.#restarted = false;
    this.#stream?.reset();
  }

  close(): void {
    this.#stream?.close();
    this.#stream = null;
    this.#budget.give(this.#reserved);
    this.#reserved = 0;
  }

  #open(): NativeInflater | null {
    this.#reserved = this.#budget.take(INFLATE_MEMORY);
    if (this.#reserved === INFLATE_MEMORY) this.#stream = new NativeInflater("raw");
    else this.close();
    return this.#stream;
  }
}
