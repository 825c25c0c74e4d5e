import { deepEqual, equal } from "node:assert/strict";
import { joinPath, toName, toPath } from "./names.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

for (
  const [walked, path] of [
    ["c/b/a/", "/a/b/c"],
    ["", "/"],
    ["x/", "/x"],
    ["memfd:x//", "memfd:x"],
    ["b/a//", "a/b"],
    ["é/ü/", "/ü/é"],
    // No name at all, as an open through /proc/self/fd gives: this never ended.
    ["//", ""],
    ["/", ""],
  ] as const
) {
  Deno.test(`walked path ${JSON.stringify(walked)} is ${path}`, () =>
    equal(toPath(bytes(walked)).text, path));
}

for (
  const [base, argument, path] of [
    ["/home/me", "a.txt", "/home/me/a.txt"],
    ["/", "a.txt", "/a.txt"],
    ["/home/me", "/etc/passwd", "/etc/passwd"],
    ["/home/me", "./a//b/./c", "/home/me/a/b/c"],
    ["/home/me", "../a", "/home/me/../a"],
    ["/home/me", ".hidden", "/home/me/.hidden"],
    ["/home/me", ".", "/home/me"],
  ] as const
) {
  Deno.test(`${argument} from ${base} is ${path}`, () => {
    equal(joinPath({ text: base }, { text: argument }).text, path);
  });
}

Deno.test("bytes that are not UTF-8 are kept, those that are stay readable", () => {
  const raw = Uint8Array.of(0xc3, 0xa9, 0xff, 0x41, 0xe2, 0x82);
  const name = toName(raw);
  equal(name.text, "é\\xffA\\xe2\\x82");
  deepEqual(Uint8Array.fromBase64(name.b64 ?? ""), raw);
});

Deno.test("a real replacement character is UTF-8", () =>
  deepEqual(toName(bytes("a\uFFFDb")), { text: "a\uFFFDb" }));

Deno.test("a joined name keeps its exact bytes", () => {
  const name = joinPath({ text: "/tmp" }, toName(Uint8Array.of(0x61, 0xff)));
  deepEqual(Uint8Array.fromBase64(name.b64 ?? ""), Uint8Array.of(...bytes("/tmp/a"), 0xff));
});
