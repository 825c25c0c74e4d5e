/**
 * Rounds in a file, so that what the kernel said can be put through the pipeline again, without root.
 *
 * Each entry: u32 size of the JSON part, u32 size of the control part, u32 size of the payload part, then the parts.
 * The first entry's JSON is the header.
 */
import { concat } from "../bytes.ts";
import type { Micros } from "../event.ts";
import type { Round } from "./messages.ts";

const SIZES_BYTES = 12;
const EMPTY = new Uint8Array();

interface Entry {
  readonly json: unknown;
  readonly control: Uint8Array<ArrayBuffer>;
  readonly payload: Uint8Array<ArrayBuffer>;
}

export class RoundFile implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** Throws a sentence when it cannot be made, or is there already. */
  static create(path: string, boot: number): RoundFile {
    const file = new RoundFile(Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }));
    file.#entry({ format: "agentsight-rounds", version: 1, boot }, null, null);
    return file;
  }

  write({ control, payload, ...rest }: Round): void {
    this.#entry(rest, control, payload);
  }

  #entry(json: unknown, control: Uint8Array | null, payload: Uint8Array | null): void {
    const text = new TextEncoder().encode(JSON.stringify(json));
    const sizes = Uint32Array.of(text.length, control?.length ?? 0, payload?.length ?? 0);
    let rest = concat([new Uint8Array(sizes.buffer), text, control ?? EMPTY, payload ?? EMPTY]);
    while (rest.length > 0) rest = rest.subarray(this.#file.writeSync(rest));
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

const NOT_ROUNDS = "Cannot replay: not a file of rounds";

/** Reads a file of rounds whole. Throws when it is not one. */
export function readRounds(
  bytes: Uint8Array<ArrayBuffer>,
): { readonly boot: number; readonly rounds: Round[] } {
  const [header, ...entries] = [...readEntries(bytes)];
  const facts = header?.json as { format?: string; boot?: number } | undefined;
  if (facts?.format !== "agentsight-rounds" || facts.boot === undefined) {
    throw new Error(NOT_ROUNDS);
  }
  const rounds = entries.map(({ json, control, payload }) => ({
    ...(json as Omit<Round, "control" | "payload"> & { now: Micros }),
    control: control.length > 0 ? control : null,
    payload: payload.length > 0 ? payload : null,
  }));
  return { boot: facts.boot, rounds };
}

function* readEntries(bytes: Uint8Array<ArrayBuffer>): Generator<Entry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + SIZES_BYTES <= bytes.length) {
    const [json = 0, control = 0, payload = 0] = [0, 4, 8].map((field) => view.getUint32(at + field, true));
    const start = at + SIZES_BYTES;
    at = start + json + control + payload;
    if (at > bytes.length) return;
    yield {
      json: parse(bytes.subarray(start, start + json)),
      control: bytes.slice(start + json, start + json + control),
      payload: bytes.slice(start + json + control, at),
    };
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new Error(NOT_ROUNDS, { cause });
  }
}
