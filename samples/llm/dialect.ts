import type { Turn } from "./script.ts";

/** One answer about to be given. */
export interface Reply {
  readonly turn: Turn;
  /** 1 for the first answer of a server; ids are made from it, so that runs are comparable. */
  readonly number: number;
  /** As the request named it. */
  readonly model: string;
  /** Unix seconds. */
  readonly created: number;
  readonly request: Readonly<Record<string, unknown>>;
}

/** How one provider API puts a turn on the wire. */
export interface Dialect {
  readonly path: string;
  /** How many turns of the model the request already holds. */
  position(request: Readonly<Record<string, unknown>>): number;
  /** The body of an answer in one piece. */
  whole(reply: Reply): unknown;
  /** The body of a streamed answer, one `text/event-stream` event each. */
  events(reply: Reply): readonly string[];
  /** The body of an error. */
  error(type: string, message: string): unknown;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Runs of neighbouring items that the model produced: one for each of its turns. */
export function countRuns(items: unknown, isModels: (item: Record<string, unknown>) => boolean): number {
  if (!Array.isArray(items)) return 0;
  const models = items.map((item) => isRecord(item) && isModels(item));
  return models.filter((own, index) => own && !models[index - 1]).length;
}

/** An id as long as the provider's own. */
export function makeId(prefix: string, numbers: readonly number[], length = 24): string {
  return prefix + numbers.map((number) => number.toString(36)).join("x").padStart(length, "0");
}

/** Pieces of `size` characters, never half of a surrogate pair. */
export function pieces(text: string, size: number): string[] {
  const characters = [...text];
  return Array.from(
    { length: Math.ceil(characters.length / size) },
    (_, index) => characters.slice(index * size, (index + 1) * size).join(""),
  );
}

export function namedEvent(data: { readonly type: string; readonly [field: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}
