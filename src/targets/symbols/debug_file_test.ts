import { deepEqual, equal } from "node:assert/strict";
import { openDebugFile } from "./debug_file.ts";
import { ElfFile } from "../elf/elf.ts";
import { symbols } from "./symbols.ts";
import { makeElf, sourceOf } from "../elf/testdata/make_elf.ts";

const id = "abcdef0123456789";
const standard = "/usr/lib/debug/.build-id/ab/cdef0123456789.debug";
const api = ["SSL_write", "SSL_read", "SSL_do_handshake", "SSL_new", "SSL_free"];
const table = api.map((name, i) => ({ name, at: 0x1010 + i * 0x10 }));
const debugBytes = makeElf({ table, buildId: id });
const stripped = makeElf({ buildId: id, debugLink: "tool.debug" });

function rootWith(files: Readonly<Record<string, Uint8Array>>): Disposable & { readonly root: string } {
  const root = Deno.makeTempDirSync();
  for (const [path, bytes] of Object.entries(files)) {
    Deno.mkdirSync(`${root}${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
    Deno.writeFileSync(`${root}${path}`, bytes);
  }
  return { root, [Symbol.dispose]: () => Deno.removeSync(root, { recursive: true }) };
}

function isFound(bytes: Uint8Array, files: Readonly<Record<string, Uint8Array>>): boolean {
  using made = rootWith(files);
  const source = sourceOf(bytes);
  using found = openDebugFile({ elf: new ElfFile(source), source }, {
    root: made.root,
    path: "/opt/bin/tool",
  });
  return found !== null;
}

for (
  const [name, bytes, files, expected] of [
    ["by build id", stripped, { [standard]: debugBytes }, true],
    ["beside the file", stripped, { "/opt/bin/tool.debug": debugBytes }, true],
    ["in .debug", stripped, { "/opt/bin/.debug/tool.debug": debugBytes }, true],
    ["below /usr/lib/debug", stripped, { "/usr/lib/debug/opt/bin/tool.debug": debugBytes }, true],
    ["of another build", stripped, { [standard]: makeElf({ table, buildId: "00112233" }) }, false],
    ["without a build id", stripped, { [standard]: makeElf({ table }) }, false],
    ["of another machine", stripped, { [standard]: makeElf({ table, buildId: id, machine: 183 }) }, false],
    ["that is no ELF file", stripped, { [standard]: new Uint8Array(100) }, false],
    ["for a file without a build id", makeElf({ debugLink: "tool.debug" }), {
      "/opt/bin/tool.debug": debugBytes,
    }, false],
    ["by a link that is a path", makeElf({ buildId: id, debugLink: "../lib/tool.debug" }), {
      "/opt/lib/tool.debug": debugBytes,
    }, false],
  ] satisfies [string, Uint8Array, Record<string, Uint8Array>, boolean][]
) {
  Deno.test(`a debug file ${name}: ${expected ? "found" : "refused"}`, () =>
    equal(isFound(bytes, files), expected));
}

Deno.test("a debug file's names give places in the file itself", () => {
  // The debug file says nothing of where its code would be: its own segments are elsewhere.
  const moved = debugBytes.slice();
  new DataView(moved.buffer).setBigUint64(64 + 8, 0x900000n, true);
  using made = rootWith({ [standard]: moved });
  const source = sourceOf(stripped);
  const binary = { elf: new ElfFile(source), source };
  deepEqual(symbols(binary), { stacks: [], refusals: [] });
  using debug = openDebugFile(binary, { root: made.root });
  const [stack] = symbols(binary, { debug: debug! }).stacks;
  equal(stack?.method, "debug file");
  deepEqual(stack?.evidence, [`its debug file names ${api.join(", ")}`]);
  deepEqual(stack?.hooks.map(({ offset }) => offset), [0x1010, 0x1020, 0x1030, 0x1040, 0x1050]);
});
