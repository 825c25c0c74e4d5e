/** Records of the control ring, and what is made of them: by thread 10 of process 10, a millisecond after its start. */
import { deepEqual } from "node:assert/strict";
import { concat } from "../../bytes.ts";
import type { Draft } from "../../event.ts";
import { ControlDecoder } from "../decode_control.ts";
import * as layout from "../layout.gen.ts";
import { RecordType } from "../layout.gen.ts";
import { buildRecord } from "./record_builder.ts";

/** Of the machine, in microseconds since the epoch. */
export const BOOT = 1_700_000_000_000_000;
export const head = { pid: 10, tid: 10, start: BOOT + 1000, comm: "agent", ts: BOOT + 2000 };

export interface ControlCase {
  readonly name: string;
  readonly record: Uint8Array;
  readonly draft: unknown;
}

export type Values = Readonly<Record<string, number | bigint | Uint8Array>>;

export function decode(...records: Uint8Array[]): { drafts: Draft[]; malformed: number } {
  const decoder = new ControlDecoder(BOOT);
  const drafts: Draft[] = [];
  decoder.decode(concat(records), drafts);
  return { drafts, malformed: decoder.takeMalformed() };
}

/** One test a case, and one of all in one batch. */
export function testCases(cases: readonly ControlCase[]): void {
  for (const { name, record, draft } of cases) {
    Deno.test(`control record: ${name}`, () => deepEqual(decode(record), { drafts: [draft], malformed: 0 }));
  }
  Deno.test("several records in one batch keep their order", () => {
    const { drafts } = decode(...cases.map(({ record }) => record));
    deepEqual(drafts, cases.map(({ draft }) => draft));
  });
}

export function called(
  operation: number,
  tail: readonly Uint8Array[],
  values: Values,
  flags = 0,
): Uint8Array {
  return buildRecord({ type: RecordType.CALL, flags }, {
    layout: layout.call,
    values: { operation, ...values },
    tail,
  });
}

/** As 64-bit words, little-endian. */
export function words(...values: bigint[]): Uint8Array {
  return new Uint8Array(BigUint64Array.from(values).buffer);
}
