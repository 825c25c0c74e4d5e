/** Every transcript gives the same events whole, cut in two, in pieces of any size, and among other traffic. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Draft, Micros } from "../event.ts";
import type { StreamRecord } from "../protocol/stream_record.ts";
import { Interpreter } from "../interpreter.ts";
import { reduced, type Transcript } from "./testdata/transcript.ts";
import { ACTOR, join, ofKind, records, told, type Turn, type WireOptions } from "./testdata/wire.ts";

const FOLDER = new URL("./testdata/transcripts/", import.meta.url);
const LATER = 1_890_000_000_000_000 as Micros;

/** Of all transcripts together, so that this file stays below 20 s: a cut costs 0.3 ms. */
const CUTS = 12_000;

function follow(input: readonly StreamRecord[]): Draft[] {
  const interpreter = new Interpreter();
  const drafts = input.flatMap((record) => interpreter.push([record]));
  drafts.push(...interpreter.flush(LATER, { final: true }));
  assert.deepEqual(interpreter.takeLosses(), []);
  return drafts;
}

function whole(turns: readonly Turn[], options: WireOptions = {}): ReturnType<typeof told> {
  return told(follow(records(turns, { ...options, still: true })));
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

/** At most `count` offsets to cut at: those around the ends of lines, which frame everything, then evenly spread. */
function cuts(turns: readonly Turn[], count: number): number[] {
  const bytes = join(turns.map(({ bytes }) => bytes));
  if (bytes.length <= count) return Array.from(bytes, (_, at) => at);
  const near = new Set<number>();
  bytes.forEach((byte, at) => {
    if (byte !== 10) return;
    for (const offset of [at - 1, at, at + 1, at + 2]) near.add(offset);
  });
  const chosen = spread([...near], count / 2);
  const left = Array.from(bytes, (_, at) => at).filter((at) => !near.has(at));
  return [...chosen, ...spread(left, count - chosen.length)];
}

function spread(offsets: readonly number[], count: number): number[] {
  const step = Math.max(1, offsets.length / count);
  return Array.from({ length: Math.floor(offsets.length / step) }, (_, i) => offsets[Math.floor(i * step)]!);
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
    assert.deepEqual(reduced(seen.facts, expected), expected);
    for (const { id, streaming, response } of ofKind(seen.facts, "llm.call")) {
      if (streaming && !mixed) assert.equal(seen.text[id] ?? "", response.text);
    }
  });

  Deno.test(`${name}: cut in two anywhere`, () => {
    const text = JSON.stringify(seen);
    for (const offset of cuts(turns, CUTS / transcripts.length)) {
      const cut = whole(cutAt(turns, offset));
      // Comparing text is ten times faster, and there are a hundred thousand of them.
      if (JSON.stringify(cut) !== text) assert.deepEqual(cut, seen, `cut at ${offset}`);
    }
  });

  const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 30 });

  Deno.test(`${name}: property: in pieces of any size`, () => {
    assert.deepEqual(whole(turns, { sizes: [1] }), seen);
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
        const of = (pid: number) => told(drafts.filter((draft) => draft.pid === pid));
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
