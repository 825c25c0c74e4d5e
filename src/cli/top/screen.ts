/** A terminal that is drawn on whole, and is as it was when it is left, however that happens. */
import { print } from "../print.ts";

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";
const CTRL_C = "\x03";

export class Screen implements Disposable {
  readonly #encoder = new TextEncoder();
  readonly #keys: boolean;
  #left = false;
  readonly #leave = () => this[Symbol.dispose]();

  /** @param onKey called with each key; Ctrl-C is "q" */
  constructor(onKey: (key: string) => void) {
    this.#keys = Deno.stdin.isTerminal();
    globalThis.addEventListener("unload", this.#leave);
    this.#write(ENTER);
    if (!this.#keys) return;
    Deno.stdin.setRaw(true);
    void this.#read(onKey);
  }

  get size(): { readonly width: number; readonly height: number } {
    try {
      const { columns, rows } = Deno.consoleSize();
      return { width: columns, height: rows };
    } catch {
      return { width: 80, height: 24 };
    }
  }

  draw(lines: readonly string[]): void {
    const rows = lines.slice(0, this.size.height).map((line) => line + CLEAR_LINE);
    this.#write(HOME + rows.join("\r\n") + CLEAR_BELOW);
  }

  async #read(onKey: (key: string) => void): Promise<void> {
    const buffer = new Uint8Array(64);
    for (;;) {
      const size = await Deno.stdin.read(buffer);
      if (size === null || this.#left) return;
      for (const key of new TextDecoder().decode(buffer.subarray(0, size))) onKey(key === CTRL_C ? "q" : key);
    }
  }

  #write(text: string): void {
    let rest = this.#encoder.encode(text);
    while (rest.length > 0) rest = rest.subarray(Deno.stdout.writeSync(rest));
  }

  [Symbol.dispose](): void {
    if (this.#left) return;
    this.#left = true;
    globalThis.removeEventListener("unload", this.#leave);
    if (this.#keys) Deno.stdin.setRaw(false);
    this.#write(LEAVE);
  }
}

/** Whether a terminal is there that can be drawn on. */
export function canDraw(): boolean {
  return Deno.stdout.isTerminal() && !["dumb", "", undefined].includes(Deno.env.get("TERM"));
}

/** One table below the other, where nothing can be drawn. */
export function printTable(lines: readonly string[]): void {
  print([...lines, ""].join("\n"));
}
