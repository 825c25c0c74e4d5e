import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { concat } from "../bytes.ts";
import { parseDns } from "./dns.ts";
import { utf8 } from "./testdata/record_builder.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);
const be16 = (value: number) => bytes(value >> 8, value & 255);

/** Labels, each behind its length; `suffix` ends it. */
function name(text: string, suffix: Uint8Array = bytes(0)): Uint8Array {
  const labels = text === "" ? [] : text.split(".");
  return concat([...labels.flatMap((label) => [bytes(label.length), utf8(label)]), suffix]);
}

function message(
  { flags = 0x0100, answers = [], others = [], question = name("api.example.com"), type = 1 }: {
    flags?: number;
    answers?: Uint8Array[];
    others?: Uint8Array[];
    question?: Uint8Array;
    type?: number;
  } = {},
): Uint8Array {
  const counts = [1, answers.length, 0, others.length].map(be16);
  return concat([be16(0xbeef), be16(flags), ...counts, question, be16(type), be16(1), ...answers, ...others]);
}

/** Named by a pointer to the question. */
function record(type: number, data: Uint8Array): Uint8Array {
  return concat([bytes(0xc0, 12), be16(type), be16(1), bytes(0, 0, 0, 60), be16(data.length), data]);
}

const parse = (of: Uint8Array, stream = false, whole = of.length) => parseDns(of, { stream, whole });
const asked = { name: "api.example.com", type: "A", code: "NOERROR", addresses: [], aliases: [] };
const v6 = concat([bytes(0x20, 1, 0xd, 0xb8), new Uint8Array(11), bytes(1)]);
const answer = message({
  flags: 0x8180,
  answers: [
    // edge.example.com, its end a pointer into the question.
    record(5, name("edge", bytes(0xc0, 16))),
    record(1, bytes(192, 0, 2, 1)),
    record(28, v6),
  ],
  // OPT, as EDNS has it.
  others: [bytes(0, 0, 41, 4, 0xd0, 0, 0, 0, 0, 0, 0)],
});
const answered = {
  ...asked,
  answers: true,
  addresses: ["192.0.2.1", "2001:db8::1"],
  aliases: ["edge.example.com"],
  complete: true,
};

const cases: readonly { name: string; of: Uint8Array; is: unknown }[] = [
  { name: "a question", of: message(), is: { ...asked, answers: false, complete: true } },
  {
    name: "a question for a type the library has no name for",
    of: message({ type: 65 }),
    is: { ...asked, type: "HTTPS", answers: false, complete: true },
  },
  {
    name: "one that nobody has a name for",
    of: message({ type: 65_280 }),
    is: { ...asked, type: "TYPE65280", answers: false, complete: true },
  },
  {
    name: "the root",
    of: message({ question: name(""), type: 2 }),
    is: { ...asked, name: ".", type: "NS", answers: false, complete: true },
  },
  { name: "an answer with aliases and addresses", of: answer, is: answered },
  {
    name: "a name that does not exist",
    of: message({ flags: 0x8183 }),
    is: { ...asked, answers: true, code: "NXDOMAIN", complete: true },
  },
  {
    name: "an address of the wrong length is none",
    of: message({ flags: 0x8180, answers: [record(1, bytes(1, 2, 3)), record(1, bytes(192, 0, 2, 2))] }),
    is: { ...answered, addresses: ["192.0.2.2"], aliases: [] },
  },
  {
    name: "more records than there are",
    of: concat([answer.subarray(0, 6), be16(0xffff), answer.subarray(8)]),
    is: { ...answered, complete: false },
  },
  { name: "no question, no answer", of: concat([be16(1), be16(0x8180), new Uint8Array(8)]), is: null },
  { name: "an update", of: message({ flags: 0x2800 }), is: null },
  { name: "a header cut off", of: message().subarray(0, 11), is: null },
  { name: "a question cut off", of: message().subarray(0, 20), is: "unreadable" },
  { name: "a name that points at itself", of: message({ question: bytes(0xc0, 12) }), is: "unreadable" },
];

for (const { name, of, is } of cases) {
  Deno.test(`DNS: ${name}`, () => deepEqual(parse(of), is));
}

Deno.test("DNS: what is cut off tells what is there, and nothing that is not", () => {
  for (let end = 33; end < answer.length; end++) {
    const part = parse(answer.subarray(0, end), false, answer.length);
    if (part === null || part === "unreadable") throw new Error(`nothing of ${end} bytes`);
    deepEqual(part.addresses, answered.addresses.slice(0, part.addresses.length), String(end));
    // What follows the answers may be missing.
    equal(part.complete, end >= answer.length - 11, String(end));
  }
});

Deno.test("DNS over TCP: behind its length, or read after it", () => {
  deepEqual(parse(concat([be16(answer.length), answer]), true), answered);
  deepEqual(parse(answer, true), answered);
  // The middle of something longer.
  for (let from = 1; from < answer.length; from++) {
    equal(parse(answer.subarray(from), true), null, String(from));
  }
  equal(parse(concat([answer, bytes(0)]), true), null);
});

Deno.test("DNS: whatever comes, it ends, and does not throw", () => {
  fc.assert(fc.property(
    fc.uint8Array({ maxLength: 64 }),
    fc.nat(answer.length),
    fc.boolean(),
    (noise, at, stream) => {
      const changed = answer.slice();
      changed.set(noise.subarray(0, answer.length - at), at);
      parse(changed, stream);
      parse(concat([answer.subarray(0, at), noise]), stream);
    },
  ));
});

Deno.test("DNS: pointers behind pointers take no time worth speaking of", () => {
  const chain = Array.from({ length: 1000 }, (_, i) => be16(0xc000 | Math.max(12, 10 + 2 * i)));
  const started = performance.now();
  for (let i = 0; i < 100; i++) {
    parse(concat([be16(1), be16(0x8180), be16(1), be16(0xffff), be16(0), be16(0), ...chain]));
  }
  equal(performance.now() - started < 2000, true);
});
