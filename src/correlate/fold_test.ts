import { deepEqual, equal } from "node:assert/strict";
import type { Draft, FileOpened, Micros } from "../event.ts";
import { Fold } from "./fold.ts";

function open(ts: number, path: string, access: "read" | "write" = "read"): Draft<FileOpened> {
  const head = { ts: ts as Micros, pid: 1, tid: 1, start: 0 as Micros, comm: "x" };
  return { kind: "file.open", ...head, path, access, created: false, result: 0 };
}

const total = (drafts: readonly Draft[]) =>
  drafts.reduce((sum, d) => sum + (("count" in d ? d.count : 1) ?? 1), 0);

Deno.test("the first passes at once, the rest come as one count", () => {
  const fold = new Fold();
  equal(fold.push([open(1, "/a"), open(2, "/a"), open(3, "/a"), open(4, "/b")]).length, 2);
  const rest = fold.flush(2_000_000 as Micros);
  deepEqual(rest.map((d) => ["path" in d && d.path, "count" in d && d.count]), [["/a", 2]]);
});

Deno.test("a write after a read of the same file is never hidden", () => {
  const out = new Fold().push([open(1, "/a", "read"), open(2, "/a", "write")]);
  deepEqual(out.map((d) => "access" in d && d.access), ["read", "write"]);
});

Deno.test("counts are exact over many windows", () => {
  const fold = new Fold();
  const all = Array.from({ length: 10_000 }, (_, i) => open(i * 700, `/f${i % 7}`));
  const out = [...fold.push(all), ...fold.flush(Number.MAX_SAFE_INTEGER as Micros)];
  equal(total(out), 10_000);
  equal(out.length < 200, true);
});

Deno.test("more different files than are kept open pass through uncounted", () => {
  const fold = new Fold();
  const all = Array.from({ length: 10_000 }, (_, i) => open(1, `/f${i}`));
  equal(fold.push(all).length, 10_000);
});
