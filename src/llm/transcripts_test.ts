/** Every transcript gives the same events whole, cut at any byte, in pieces of any size, and among other traffic. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Draft, Micros } from "../event.ts";
import type { StreamRecord } from "../protocol/stream_record.ts";
import { Interpreter } from "./interpreter.ts";
import { reduced, type Transcript } from "./testdata/transcript.ts";
import { ACTOR, ofKind, records, type Turn, type WireOptions } from "./testdata/wire.ts";

const FOLDER = new URL("./testdata/transcripts/", import.meta.url);
const LATER = 1_890_000_000_000_000 as Micros;

/** A request body is only gathered, and read when it is whole: it is cut at every so many bytes. */
const BODY_STRIDE = 16;
/** Longer answers are cut everywhere near what frames them, and elsewhere so often. */
const EVERY_BYTE = 800;
const SAMPLES = 200;

interface Seen {
  readonly drafts: readonly Draft[];
  /** Live text of each call: how it is cut into events depends on the delivery. */
  readonly live: Readonly<Record<string, string>>;
}

function follow(input: readonly StreamRecord[]): Draft[] {
  const interpreter = new Interpreter();
  const drafts = interpreter.push(input);
  drafts.push(...interpreter.flush(LATER, { final: true }));
  assert.deepEqual(interpreter.takeLosses(), []);
  return drafts;
}

function summed(all: readonly Draft[]): Seen {
  const live: Record<string, string> = {};
  for (const { id, text } of ofKind(all, "llm.delta")) live[id] = (live[id] ?? "") + text;
  return { drafts: all.filter(({ kind }) => kind !== "llm.delta"), live };
}

function whole(turns: readonly Turn[], options: WireOptions = {}): Seen {
  return summed(follow(records(turns, { ...options, still: true })));
}

function cutAt(turns: readonly Turn[], offset: number): Turn[] {
  let from = 0;
  return turns.flatMap(({ dir, bytes }) => {
    const at = offset - from;
    from += bytes.length;
    if (at <= 0 || at >= bytes.length) return [{ dir, bytes }];
    return [{ dir, bytes: bytes.subarray(0, at) }, { dir, bytes: bytes.subarray(at) }];
  });
}

/** The offsets to cut at: every one that a parser could notice. */
function cuts(turns: readonly Turn[]): number[] {
  const chosen = new Set<number>();
  let from = 0;
  for (const { dir, bytes } of turns) {
    const head = headEnd(bytes);
    const every = dir === "send"
      ? BODY_STRIDE
      : Math.max(1, bytes.length <= EVERY_BYTE ? 1 : Math.floor(bytes.length / SAMPLES));
    for (let at = 0; at < bytes.length; at += at < head ? 1 : every) chosen.add(from + at);
    for (let at = head; at < bytes.length; at++) {
      if (bytes[at] === 10) { for (const near of [-1, 0, 1, 2]) chosen.add(from + at + near); }
    }
    from += bytes.length;
  }
  return [...chosen];
}

function headEnd(bytes: Uint8Array): number {
  return new TextDecoder("latin1").decode(bytes).indexOf("\r\n\r\n") + 4;
}

const transcripts: Transcript[] = [];
for (const { name } of [...Deno.readDirSync(FOLDER)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  if (!name.endsWith(".ts")) continue;
  const { cases } = await import(new URL(name, FOLDER).href) as { cases: readonly Transcript[] };
  transcripts.push(...cases.map((one) => ({ ...one, name: `${name.slice(0, -3)}: ${one.name}` })));
}

transcripts.forEach(({ name, turns, expected, mixed }, index) => {
  const seen = whole(turns);

  Deno.test(`${name}: whole`, () => {
    assert.deepEqual(reduced(seen.drafts, expected), expected);
    for (const { id, streaming, response } of ofKind(seen.drafts, "llm.call")) {
      if (streaming && !mixed) assert.equal(seen.live[id] ?? "", response.text);
    }
  });

  Deno.test(`${name}: cut in two anywhere`, () => {
    const text = JSON.stringify(seen);
    for (const offset of cuts(turns)) {
      const cut = whole(cutAt(turns, offset));
      // Comparing text is ten times faster, and there are a hundred thousand of them.
      if (JSON.stringify(cut) !== text) assert.deepEqual(cut, seen, `cut at ${offset}`);
    }
  });

  const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 30 });

  Deno.test(`${name}: property: in pieces of any size`, () => {
    fc.assert(fc.property(sizes, (sizes) => assert.deepEqual(whole(turns, { sizes }), seen)), {
      numRuns: 20,
    });
  });

  Deno.test(`${name}: property: among the traffic of another connection`, () => {
    const other = { ...ACTOR, pid: 9 };
    const { turns: others } = transcripts[(index + 1) % transcripts.length]!;
    const alone = whole(others, { conn: 2, actor: other });
    fc.assert(
      fc.property(sizes, sizes, fc.infiniteStream(fc.boolean()), (mine, theirs, order) => {
        const left = records(turns, { sizes: mine, still: true });
        const right = records(others, { sizes: theirs, still: true, conn: 2, actor: other });
        const drafts = follow(woven(left, { with: right, order }));
        const of = (pid: number) => summed(drafts.filter((draft) => draft.pid === pid));
        assert.deepEqual([of(ACTOR.pid), of(other.pid)], [seen, alone]);
      }),
      { numRuns: 10 },
    );
  });
});

function woven(
  left: readonly StreamRecord[],
  { with: right, order }: { with: readonly StreamRecord[]; order: Iterator<boolean> },
): StreamRecord[] {
  const out: StreamRecord[] = [];
  for (let i = 0, j = 0; i < left.length || j < right.length;) {
    const takeLeft = j === right.length || (i < left.length && order.next().value === true);
    out.push(takeLeft ? left[i++]! : right[j++]!);
  }
  return out;
}
