/** Content codings (RFC 9110, section 8.4): a decoder takes body bytes and hands on decoded ones. */
import type { Decoder, DecoderOptions } from "./decoder.ts";
import { Stage } from "./stage.ts";

/** More than this on top of each other is not what a server does; curl stops here too. */
const MAX_CODINGS = 5;

/** `coding` is the Content-Encoding field; null or "identity" hands bytes on as they are. */
export function contentDecoder(coding: string | null, options: DecoderOptions): Decoder {
  if (coding === null) return new Identity(options);
  const names = coding.toLowerCase().split(",").map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity");
  if (names.length === 0) return new Identity(options);
  return new Stacked(names.slice(0, MAX_CODINGS + 1), options);
}

class Identity implements Decoder {
  readonly #options: DecoderOptions;
  #left: number;

  constructor(options: DecoderOptions) {
    this.#options = options;
    this.#left = options.limit;
  }

  push(bytes: Uint8Array): void {
    if (this.#left < 0) return;
    const { sink } = this.#options;
    this.#left -= bytes.length;
    if (this.#left >= 0) return sink.data(bytes);
    sink.data(bytes.subarray(0, bytes.length + this.#left));
    sink.cut("too-large");
  }

  gap(): void {
    if (this.#left >= 0) this.#options.sink.gap();
  }

  end(): void {}
}

/** The codings in the order they were applied: the last one is taken off first. The limit holds for each. */
class Stacked implements Decoder {
  readonly #options: DecoderOptions;
  readonly #stages: Stage[] = [];
  #cut = false;

  constructor(names: readonly string[], options: DecoderOptions) {
    this.#options = options;
    const { sink, limit, budget } = options;
    const cut = (reason: "undecodable" | "too-large") => this.#end(reason);
    let data = (bytes: Uint8Array) => sink.data(bytes);
    let gap = () => sink.gap();
    for (const name of names) {
      const stage = new Stage(name, { sink: { data, gap, cut }, limit, budget });
      data = (bytes) => stage.push(bytes);
      gap = () => stage.gap();
      this.#stages.push(stage);
    }
  }

  push(bytes: Uint8Array): void {
    if (this.#cut || bytes.length === 0) return;
    if (this.#stages.length > MAX_CODINGS) return this.#end("undecodable");
    this.#stages.at(-1)!.push(bytes);
  }

  gap(): void {
    if (!this.#cut) this.#stages.at(-1)!.gap();
  }

  end(): void {
    for (const stage of this.#stages) stage.end();
  }

  /** One coding fails: what the others hold is of no use. */
  #end(reason: "undecodable" | "too-large"): void {
    if (this.#cut) return;
    this.#cut = true;
    this.end();
    this.#options.sink.cut(reason);
  }
}
