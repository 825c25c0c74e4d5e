import assert from "node:assert/strict";
import type { Actor, Micros } from "../../event.ts";
import { beginsWithFrames, isTypical } from "./frame.ts";
import { FrameParser, PREFACE, type Start } from "./frame_parser.ts";

const ACTOR: Actor = { pid: 1, tid: 1, start: 0 as Micros, comm: "x" };

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.fromHex(hex.replaceAll(" ", ""));
}

const preface = new TextEncoder().encode(PREFACE).toHex();

/** Each string is a library call in hex, or `?n` for n missing bytes. Equal neighbours of content are joined. */
function run(calls: readonly string[], { start = "header" as Start, size = 1 << 20 }): string[] {
  const told: string[] = [];
  let lost = 0;
  const add = (kind: string, text: string) => {
    const last = told.at(-1);
    if (last?.startsWith(`${kind} `)) told[told.length - 1] = last + text;
    else told.push(`${kind} ${text}`);
  };
  const parser = new FrameParser({
    frame: ({ type, flags, stream, about }) =>
      told.push(`${type}/${flags}/${stream}${about ? `/${about}` : ""}`),
    content: (_, bytes) => add("has", bytes.toHex()),
    contentGap: (_, count) => told.push(`misses ${count}`),
    frameEnd: () => told.push("end"),
    lost: (count) => told.push(`lost ${count}`),
    unparsed: (count) => void (lost += count),
  }, { start });
  const ts = 0 as Micros;
  for (const call of calls) {
    if (call.startsWith("?")) {
      parser.gap(Number(call.slice(1)), ts);
      continue;
    }
    const bytes = bytesOf(call);
    for (let from = 0; from < bytes.length; from += size) {
      parser.push(bytes.subarray(from, from + size), { ts, actor: ACTOR, callStart: from === 0 });
    }
  }
  parser.end();
  return lost > 0 ? [...told, `unparsed ${lost}`] : told;
}

const CASES: [name: string, calls: string[], told: string[], start?: Start][] = [
  ["data", ["000003 00 01 00000001 616263"], ["0/1/1", "has 616263", "end"]],
  ["the reserved bit", ["000001 00 00 80000001 61"], ["0/0/1", "has 61", "end"]],
  ["empty data", ["000000 00 01 00000001"], ["0/1/1", "end"]],
  ["padding", ["000006 00 08 00000001 03 6162 000000"], ["0/8/1", "has 6162", "end"]],
  ["nothing but padding", ["000003 00 08 00000001 02 0000"], ["0/8/1", "end"]],
  ["too much padding", ["000003 00 08 00000001 03 0000"], ["lost 0", "unparsed 3"]],
  ["headers with priority and padding", ["000009 01 2d 00000003 01 8000000a10 8286 00"], [
    "1/45/3",
    "has 8286",
    "end",
  ]],
  ["headers and continuation", ["000001 01 00 00000001 82 000001 09 04 00000001 84"], [
    "1/0/1",
    "has 82",
    "end",
    "9/4/1",
    "has 84",
    "end",
  ]],
  ["a continuation of another stream", ["000001 01 00 00000001 82 000001 09 04 00000003 84"], [
    "1/0/1",
    "has 82",
    "end",
    "lost 0",
    "unparsed 10",
  ]],
  ["a continuation of nothing", ["000001 09 04 00000001 84"], ["lost 0", "unparsed 10"]],
  ["a promise", ["000005 05 04 00000001 00000002 82"], ["5/4/1/2", "has 82", "end"]],
  ["a padded promise", ["000007 05 0c 00000001 01 00000004 82 00"], ["5/12/1/4", "has 82", "end"]],
  ["going away", ["00000a 07 00 00000000 00000007 00000000 6869"], ["7/0/0/7", "end"]],
  ["settings, ping, window, reset, priority", [
    "000006 04 00 00000000 000100000000 000000 04 01 00000000 000008 06 00 00000000 0000000000000000",
    "000004 08 00 00000000 00000001 000004 03 00 00000001 00000008 000005 02 00 00000001 0000000010",
  ], ["4/0/0", "end", "4/1/0", "end", "6/0/0", "end", "8/0/0", "end", "3/0/1", "end", "2/0/1", "end"]],
  ["unknown types", ["000002 fa ff 0000000b 6869 000000 00 01 00000001"], [
    "250/255/11",
    "end",
    "0/1/1",
    "end",
  ]],
  ["data of no stream", ["000001 00 00 00000000 61"], ["lost 0", "unparsed 10"]],
  ["settings of a stream", ["000000 04 00 00000001"], ["lost 0", "unparsed 9"]],
  ["a reset of five bytes", ["000005 03 00 00000001 0000000000"], ["lost 0", "unparsed 14"]],
  ["a preface", [`${preface} 000000 04 00 00000000`], ["4/0/0", "end"], "preface"],
  [
    "no preface",
    [`${preface.replace("534d", "5353")} 000000 04 00 00000000`],
    ["lost 0", "unparsed 33"],
    "preface",
  ],
  ["in step again at a call", ["000001 00 00 00000000 61", "7b22", "000001 00 00 00000001 61"], [
    "lost 0",
    "0/0/1",
    "has 61",
    "end",
    "unparsed 12",
  ]],
  ["in step at a call only", ["61 000000 00 01 00000001", "000001 00 00 00000001 61"], [
    "lost 0",
    "0/0/1",
    "has 61",
    "end",
    "unparsed 10",
  ], "lost"],
  ["a gap in data", ["000006 00 01 00000001 61", "?3", "6566"], [
    "0/1/1",
    "has 61",
    "misses 3",
    "has 6566",
    "end",
  ]],
  ["a gap to the end of data", ["000003 00 01 00000001 61", "?2"], ["0/1/1", "has 61", "misses 2", "end"]],
  ["a gap in padding", ["000004 00 08 00000001 02 61", "?2", "000000 00 01 00000001"], [
    "0/8/1",
    "has 61",
    "end",
    "0/1/1",
    "end",
  ]],
  ["a gap over data and more", ["000003 00 01 00000001 61", "?5", "000001 00 00 00000003 62"], [
    "0/1/1",
    "has 61",
    "misses 2",
    "end",
    "lost 3",
    "0/0/3",
    "has 62",
    "end",
  ]],
  ["a gap in a header", ["000003 00", "?5", "000001 00 00 00000003 62"], [
    "lost 5",
    "0/0/3",
    "has 62",
    "end",
    "unparsed 4",
  ]],
  ["a gap between frames", ["000000 00 00 00000001", "?9", "000000 00 01 00000001"], [
    "0/0/1",
    "end",
    "lost 9",
    "0/1/1",
    "end",
  ]],
];

for (const [name, calls, told, start = "header"] of CASES) {
  Deno.test(`frames: ${name}`, () => {
    for (const size of [1 << 20, 10, 1]) {
      // A certain frame has its header in one piece of a call or in several.
      assert.deepEqual(run(calls, { start, size }), told, `pieces of ${size}`);
    }
  });
}

Deno.test("frames: which bytes can be a frame in the middle of a connection", () => {
  const cases: [name: string, hex: string, typical: boolean][] = [
    ["data", "000003 00 01 00000001", true],
    ["a flag that data does not have", "000003 00 04 00000001", false],
    ["16 KiB", "004000 00 00 00000001", true],
    ["more", "004001 00 00 00000001", false],
    ["a pushed stream", "000003 00 00 00000002", false],
    ["the reserved bit", "000003 00 00 80000001", false],
    ["the 16,777,217th", "000003 00 00 01000001", false],
    ["a continuation", "000003 09 04 00000001", false],
    ["an unknown type", "000003 0c 00 00000000", false],
    ["settings", "000006 04 00 00000000", true],
    ["zeros", "000000 00 00 00000000", false],
    ["text", "7b2261223a317d0a0a", false],
    ["a TLS record", "170303001400000001", false],
    ["too little", "000006 04 00 000000", false],
  ];
  for (const [name, hex, typical] of cases) assert.equal(isTypical(bytesOf(hex)), typical, name);
});

Deno.test("frames: how many there are", () => {
  const cases: [hex: string, expected: ReturnType<typeof beginsWithFrames>][] = [
    ["0000", "undecided"],
    ["000002 00 00 00000001", "frame"],
    ["000002 00 00 00000001 6162 0000", "frame"],
    ["000002 00 00 00000001 6162 100000 00 00 00000003", "frames"],
    ["000002 00 00 00000001 6162 636465666768696a6b", "other"],
    ["000002 00 01 00000000", "other"],
  ];
  for (const [hex, expected] of cases) assert.equal(beginsWithFrames(bytesOf(hex)), expected, hex);
});
