import { deepEqual } from "node:assert/strict";
import { toPath } from "./names.ts";
import { WalkedPaths } from "./walked_paths.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("a path is the same whether it or its directory was met before or not", () => {
  const paths = new WalkedPaths();
  const walks = [
    ...["c/b/a/", "d/b/a/", "x/", "", "pipe:/", "\uFEFFc/\uFEFFb/", "é/ü/", "a/", "abc"].map(bytes),
    Uint8Array.of(0x61, 0x2f, 0xff, 0x2f),
    Uint8Array.of(0xff, 0x2f, 0x61, 0x2f),
  ];
  for (const walked of [...walks, ...walks]) {
    for (const whole of [true, false]) deepEqual(paths.of(walked, whole), toPath(walked, whole));
  }
  deepEqual(paths.of(bytes("\uFEFFc/b/"), true), { text: "/b/\uFEFFc" });
});

Deno.test("more paths than are remembered come out right", () => {
  const paths = new WalkedPaths();
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 20_000; i++) {
      deepEqual(paths.of(bytes(`f${i}/d${i % 3000}/`), true), { text: `/d${i % 3000}/f${i}` });
    }
  }
});
