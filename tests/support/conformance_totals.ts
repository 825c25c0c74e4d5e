/** Sums that folding leaves as they are: events and bytes of each process, by kind and name. */
import type { Event } from "../../src/event.ts";
import { Bytes, type Fields } from "./expected_event.ts";
import { lives } from "./conformance.ts";
import type { TracedProcess } from "./strace_processes.ts";

/** What is longer differs only in what strace has cut off. */
const LONG = 1000;

interface Total {
  count: number;
  /** Of events that may be missing. */
  optional: number;
  bytes: number;
}

/** A line for each sum that is not what strace calls for. */
export function differentTotals(events: readonly Event[], processes: readonly TracedProcess[]): string[] {
  const different: string[] = [];
  for (const { expected, events: actual } of lives(events, processes)) {
    const told = new Map<string, Total>(), wanted = new Map<string, Total>();
    for (const { kind, fields, optional } of expected) {
      add(wanted, keyOf(kind, fields), { fields, count: optional ? 0 : 1, optional: optional ? 1 : 0 });
    }
    for (const event of actual) {
      const key = keyOf(event.kind, { ...event });
      const fields = { ...event };
      add(told, wanted.has(key) ? key : `${event.kind} ?`, { fields, count: event.count ?? 1, optional: 0 });
    }
    for (const key of new Set([...told.keys(), ...wanted.keys()])) {
      const nothing = { count: 0, optional: 0, bytes: 0 };
      const is = told.get(key) ?? nothing, be = wanted.get(key) ?? nothing;
      const fits = is.count >= be.count && is.count <= be.count + be.optional && is.bytes === be.bytes;
      if (!fits) {
        different.push(`${key}: ${is.count} with ${is.bytes} bytes, not ${be.count} with ${be.bytes}`);
      }
    }
  }
  return different;
}

function add(
  totals: Map<string, Total>,
  key: string,
  { fields, count, optional }: { readonly fields: Fields; readonly count: number; readonly optional: number },
): void {
  const total = totals.get(key) ?? { count: 0, optional: 0, bytes: 0 };
  total.count += count;
  total.optional += optional;
  if (key.startsWith("file.close ")) {
    total.bytes += Number(fields["read_bytes"]) + Number(fields["written_bytes"]);
  }
  totals.set(key, total);
}

/** Names that strace does not know are one. */
function keyOf(kind: string, fields: Fields): string {
  const path = fields["path"] ?? fields["from"];
  const text = path instanceof Bytes ? path.text : typeof path === "string" ? path : "?";
  return `${kind} ${text.slice(0, LONG).replace(/(?<=.)\/+$/, "")}`;
}
