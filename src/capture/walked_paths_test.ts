import { deepEqual } from "node:assert/strict";
import { toPath } from "./names.ts";
import { type Part, WalkedPaths } from "./walked_paths.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** In the middle of other bytes, at any alignment. */
function part(walked: Uint8Array, before = 3): Part {
  const batch = new Uint8Array(before + walked.length + 5).fill(0x2f);
  batch.set(walked, before);
  return { view: new DataView(batch.buffer), from: before, to: before + walked.length };
}

Deno.test("a path is the same whether it or its directory was met before or not", () => {
  const paths = new WalkedPaths();
  const walks = [
    ...["c/b/a/", "d/b/a/", "x/", "", "pipe://", "/", "//", "c/b//", "\uFEFFc/\uFEFFb/", "é/ü/", "a/", "abc"]
      .map(bytes),
    Uint8Array.of(0x61, 0x2f, 0xff, 0x2f),
    Uint8Array.of(0xff, 0x2f, 0x61, 0x2f),
  ];
  for (const walked of [...walks, ...walks]) deepEqual(paths.of(part(walked)), toPath(walked));
  deepEqual(paths.of(part(bytes("\uFEFFc/b/"))), { text: "/b/\uFEFFc" });
});

Deno.test("more paths than are remembered come out right", () => {
  const paths = new WalkedPaths();
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 20_000; i++) {
      deepEqual(paths.of(part(bytes(`f${i}/d${i % 3000}/`), i % 8)), { text: `/d${i % 3000}/f${i}` });
    }
  }
});
