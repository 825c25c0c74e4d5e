/** What must be among the events, and how it is compared with what is. */
import type { Event, Kind } from "../../src/event.ts";
import { toName } from "../../src/capture/names.ts";

/** A name as bytes, each a character of its number. */
export class Bytes {
  /** @param cut Only its beginning is known. */
  constructor(readonly bytes: string, readonly cut = false) {}

  get text(): string {
    return this.#name.text;
  }

  get b64(): string | undefined {
    return this.#name.b64;
  }

  get #name(): ReturnType<typeof toName> {
    return toName(Uint8Array.from(this.bytes, (c) => c.charCodeAt(0)));
  }

  toJSON(): string {
    return this.cut ? `${this.text}…` : this.text;
  }
}

/** Any of these. */
export class OneOf {
  constructor(readonly values: readonly unknown[]) {}
}

/** At least this. */
export class AtLeast {
  constructor(readonly value: number) {}
}

/** In any order. */
export class SetOf {
  constructor(readonly values: readonly string[]) {}
}

export type Fields = Record<string, unknown>;

export interface Expected {
  readonly kind: Kind;
  readonly tid: number;
  /** What is not named is not compared; undefined must be absent. */
  readonly fields: Fields;
  /** Its place among its thread's events is certain. */
  readonly ordered: boolean;
  /** The contract does not say whether there is an event: the call named nothing that exists. */
  readonly optional: boolean;
  /** Of the log. */
  readonly line: number;
}

/** The names of the fields that differ. */
export function differences(event: Event, { fields, tid, ordered }: Expected): string[] {
  const actual = new Map<string, unknown>(Object.entries(event));
  const different = Object.keys(fields).filter((key) => !holds(actual, key, fields[key]));
  return ordered && event.tid !== tid ? [...different, "tid"] : different;
}

function holds(actual: ReadonlyMap<string, unknown>, key: string, expected: unknown): boolean {
  const value = actual.get(key);
  if (expected instanceof Bytes) {
    const { text, b64, cut } = expected;
    if (cut) return typeof value === "string" && value.startsWith(text);
    // Names end in a slash or not: the same.
    return same(value, text) &&
      (b64 === undefined || key === "name" || key === "comm" || actual.get(`${key}_b64`) === b64);
  }
  if (expected instanceof OneOf) return expected.values.some((one) => holds(actual, key, one));
  if (expected instanceof AtLeast) return typeof value === "number" && value >= expected.value;
  if (expected instanceof SetOf) {
    const values = typeof value === "string" ? value.split("|") : Array.isArray(value) ? value : [];
    return values.length === expected.values.length && expected.values.every((one) => values.includes(one));
  }
  return JSON.stringify(value) === JSON.stringify(expected);
}

function same(value: unknown, text: string): boolean {
  return typeof value === "string" && value.replace(/(?<=.)\/+$/, "") === text.replace(/(?<=.)\/+$/, "");
}
