import { deepEqual, equal } from "node:assert/strict";
import { resolve } from "./resolve.ts";

const other = Deno.build.arch === "x86_64" ? "aarch64" : "x86_64";

Deno.test("a file's own machine, another's, no program, and none", () => {
  const library = `/usr/lib/${Deno.build.arch}-linux-gnu/libssl.so.3`;
  const stacks = (machine: typeof Deno.build.arch) => {
    const verdict = resolve(library, { depth: "names", machine });
    return verdict.kind === "found" ? verdict.stacks.map(({ method }) => method) : verdict.kind;
  };
  deepEqual(stacks(Deno.build.arch), ["symbols"]);
  deepEqual(stacks(other), []);
  deepEqual(resolve("/etc/passwd", { depth: "contents" }), { kind: "found", stacks: [], refusals: [] });
  equal(resolve("/no/such/file", { depth: "names" }).kind, "gone");
});
