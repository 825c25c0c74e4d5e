import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { parseIo, parseStat } from "./process_usage.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const rest = "1 2 3 0 -1 4194304 96 0 0 0 12 3 70 80 20 0 7 0 3597747 3133440 381 18446744073709551615 1 2\n";
const stat = { start_us: 35_977_470_000, threads: 7, cpu_us: 150_000, rss_pages: 381 };

const stats: [what: string, text: string, wanted: typeof stat | null][] = [
  ["as the kernel writes it", `14731 (cat) R ${rest}`, stat],
  ["a name with a bracket and more fields", `1 (a) Z 9 9 9) S ${rest}`, stat],
  ["a name of lines", `1 (a\n)\n (b) D ${rest}`, stat],
  ["an empty name", `1 () S ${rest}`, stat],
  ["a name that is not UTF-8 is bytes all the same", `1 (\u{fffd}) S ${rest}`, stat],
  ["ended, and waited for", `1 (sh) Z ${rest.replace(" 7 0 3597747", " 1 0 3597747")}`, null],
  ["its first thread ended", `1 (sh) Z ${rest}`, stat],
  ["cut off", `1 (sh) S ${rest.slice(0, 60)}`, null],
  ["cut off behind what counts", `1 (sh) S ${rest.slice(0, rest.indexOf(" 1844"))}`, stat],
  ["no numbers", "1 (sh) S a b c d e f g h i j k l m n o p q r s t u v", null],
  ["nothing", "", null],
];
for (const [what, text, wanted] of stats) {
  Deno.test(`stat: ${what}`, () => deepEqual(parseStat(bytes(text)), wanted));
}

const io = "rchar: 4096\nwchar: 17\nsyscr: 1\nsyscw: 2\nread_bytes: 9\nwrite_bytes: 9\n";
const ios: [what: string, text: string, wanted: ReturnType<typeof parseIo>][] = [
  ["as the kernel writes it", io, { read_bytes: 4096, written_bytes: 17 }],
  ["without a last line end", "rchar: 1\nwchar: 2", { read_bytes: 1, written_bytes: 2 }],
  ["half of it", "rchar: 1\n", null],
  ["more than is counted exactly", "rchar: 18446744073709551615\nwchar: 1\n", null],
  ["negative", "rchar: -1\nwchar: 1\n", null],
];
for (const [what, text, wanted] of ios) {
  Deno.test(`io: ${what}`, () => deepEqual(parseIo(bytes(text)), wanted));
}

Deno.test("no bytes make them throw or give anything but whole numbers", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (junk) => {
    for (const parsed of [parseStat(junk), parseIo(junk)]) {
      if (parsed) equal(Object.values(parsed).every(Number.isSafeInteger), true);
    }
  }));
});

Deno.test("any name gives the same numbers", () => {
  fc.assert(fc.property(fc.string({ maxLength: 15 }), (name) => {
    deepEqual(parseStat(bytes(`7 (${name}) S ${rest}`)), stat);
  }));
});

Deno.test("of a real process", () => {
  const read = (file: string) => Deno.readFileSync(`/proc/self/${file}`);
  equal((parseStat(read("stat"))?.rss_pages ?? 0) > 1000, true);
  equal((parseIo(read("io"))?.read_bytes ?? 0) > 1000, true);
});
