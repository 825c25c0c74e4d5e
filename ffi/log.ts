/** libbpf's own log, line by line, instead of its default stderr. */
import type { Libbpf } from "./libbpf.ts";
import type { Libc } from "./libc.ts";

/** A verifier log is long, and its end says why. */
const FORMAT_BYTES = 1 << 20;
const KEPT_CHARACTERS = 4096;

export type LogLevel = "warn" | "info" | "debug";
const levels: readonly LogLevel[] = ["warn", "info", "debug"];

/** Routes the log to `write` until disposed. Of a long text (a verifier log) the last 4,096 characters arrive. */
export class LibbpfLog implements Disposable {
  readonly #lib: Libbpf;
  readonly #callback: Deno.UnsafeCallback<{
    readonly parameters: readonly ["i32", "pointer", "pointer"];
    readonly result: "i32";
  }>;

  constructor(lib: Libbpf, libc: Libc, write: (level: LogLevel, text: string) => void) {
    const line = new Uint8Array(FORMAT_BYTES);
    const decoder = new TextDecoder();
    this.#lib = lib;
    this.#callback = new Deno.UnsafeCallback(
      { parameters: ["i32", "pointer", "pointer"], result: "i32" },
      (level, format, args) => {
        const length = libc.symbols.vsnprintf(line, BigInt(FORMAT_BYTES), format, args);
        const text = decoder.decode(line.subarray(0, Math.max(0, Math.min(length, FORMAT_BYTES - 1))));
        write(levels[level] ?? "debug", text.trimEnd().slice(-KEPT_CHARACTERS));
        return 0;
      },
    );
    lib.symbols.libbpf_set_print(this.#callback.pointer);
  }

  [Symbol.dispose](): void {
    this.#lib.symbols.libbpf_set_print(null);
    this.#callback.close();
  }
}
