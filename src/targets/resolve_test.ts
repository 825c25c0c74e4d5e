import { deepEqual, equal } from "node:assert/strict";
import { type Depth, resolve } from "./resolve.ts";

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

Deno.test("a quick look finds what small files hold, and what is known of large ones", () => {
  const dir = Deno.makeTempDirSync({ prefix: "agentsight-resolve-" });
  try {
    const small = `${dir}/small`, large = `${dir}/large`, cache = `${dir}/cache`;
    const program = Deno.readFileSync(new URL("code/testdata/boringssl-x64.elf", import.meta.url));
    Deno.writeFileSync(small, program);
    Deno.writeFileSync(large, program);
    Deno.truncateSync(large, 5 << 20);
    const look = (path: string, depth: Depth) => {
      const verdict = resolve(path, { depth, cache });
      return verdict.kind === "found" && [verdict.stacks.length, verdict.unfinished ?? false];
    };
    deepEqual(look(small, "names"), [0, false]);
    deepEqual(look(small, "quick"), [1, false]);
    deepEqual(look(large, "quick"), [0, true]);
    deepEqual(look(large, "contents"), [1, false]);
    deepEqual(look(large, "quick"), [1, false]);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});
