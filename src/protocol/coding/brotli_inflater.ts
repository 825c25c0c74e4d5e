/**
 * Brotli, in WebAssembly. The runtime's own decoder is twice as fast, but a damaged stream makes it leak and print to standard
 * output (`leaking memory block …`): a hostile server could fill memory and write between our events.
 */
import { BrotliDecStream, BrotliStreamResultCode, initSync } from "brotli-dec-wasm/web";
import module from "brotli-dec-wasm/web/bg.wasm" with { type: "bytes" };
import { type Inflater, NOTHING, OUTPUT_SIZE, type Step } from "./inflater.ts";

const STATES: ReadonlyMap<BrotliStreamResultCode, Step["state"]> = new Map([
  [BrotliStreamResultCode.ResultSuccess, "ended"],
  [BrotliStreamResultCode.NeedsMoreInput, "hungry"],
  [BrotliStreamResultCode.NeedsMoreOutput, "full"],
]);

export class BrotliInflater implements Inflater {
  readonly #stream: BrotliDecStream;

  constructor() {
    initSync({ module }); // once: later calls return at once
    this.#stream = new BrotliDecStream();
  }

  step(bytes: Uint8Array, from: number): Step {
    try {
      const result = this.#stream.dec(from === 0 ? bytes : bytes.subarray(from), OUTPUT_SIZE);
      const { buf: out, input_offset: used, code } = result;
      result.free();
      return { out, used, state: STATES.get(code) ?? "broken" };
    } catch {
      return { out: NOTHING, used: 0, state: "broken" };
    }
  }

  close(): void {
    try {
      this.#stream.free();
    } catch {
      // Had it stopped in the middle of a step, its memory could not be had back.
    }
  }
}

/**
 * The window that a stream asks for in its first byte (RFC 7932, section 9.1), which the decoder takes at once; null for the
 * reserved value, which stands for windows of up to 1 GiB outside of the standard.
 */
export function brotliWindow(first: number): number | null {
  if ((first & 1) === 0) return 1 << 16;
  const high = (first >> 1) & 7;
  if (high !== 0) return 1 << (17 + high);
  const low = (first >> 4) & 7;
  if (low === 0) return 1 << 17;
  return low === 1 ? null : 1 << (8 + low);
}
