import { deepEqual, equal } from "node:assert/strict";
import { openBeneath } from "./open_beneath.ts";

/** A root with what a container could have; `outside` lies beside it. */
function makeRoot(): Disposable & { readonly root: string } {
  const top = Deno.makeTempDirSync();
  const root = `${top}/root`;
  Deno.mkdirSync(`${root}/usr/lib/debug`, { recursive: true });
  Deno.mkdirSync(`${root}/dir`);
  Deno.writeTextFileSync(`${root}/usr/lib/debug/file`, "inside");
  Deno.writeTextFileSync(`${top}/outside`, "outside");
  const links: Record<string, string> = {
    "lib": "usr/lib",
    "usr/absolute": "/usr/lib/debug/file",
    "dir/up": "../usr/lib/debug/file",
    "escape": "../outside",
    "far": "../../../../../../etc/passwd",
    "host": `${top}/outside`,
    "loop": "loop",
    "dangling": "nothing",
    "self": "/proc/self/root/etc/passwd",
    "device": "/dev/null",
  };
  for (const [name, target] of Object.entries(links)) Deno.symlinkSync(target, `${root}/${name}`);
  return { root, [Symbol.dispose]: () => Deno.removeSync(top, { recursive: true }) };
}

function textAt(root: string, path: string): string | null {
  using file = openBeneath(root, path);
  return file && Deno.readTextFileSync(file.path);
}

Deno.test("links are followed inside the root and never out of it", () => {
  using made = makeRoot();
  const cases: [path: string, text: string | null][] = [
    ["/usr/lib/debug/file", "inside"],
    ["/lib/debug/file", "inside"],
    ["/lib//./debug/../debug/file", "inside"],
    // An absolute link means the root of whoever has it.
    ["/usr/absolute", "inside"],
    ["/dir/up", "inside"],
    ["/dir/../lib/debug/file", "inside"],
    ["/escape", null],
    ["/far", null],
    ["/host", null],
    ["/self", null],
    ["/../outside", null],
    ["/lib/../../../outside", null],
    ["/loop", null],
    ["/dangling", null],
    ["/device", null],
    ["/dir", null],
    ["/usr/lib/debug/file/more", null],
    [`/${"dir/../".repeat(1000)}lib/debug/file`, null],
    ["", null],
  ];
  deepEqual(cases.map(([path]) => [path, textAt(made.root, path)]), cases);
});

Deno.test("a pipe is not waited for", () => {
  using made = makeRoot();
  const { success } = new Deno.Command("mkfifo", { args: [`${made.root}/pipe`] }).outputSync();
  equal(success, true);
  equal(textAt(made.root, "/pipe"), null);
});

Deno.test("a root that is gone holds nothing", () => {
  equal(textAt("/nonexistent/root", "/etc/passwd"), null);
});

Deno.test("nothing stays open", () => {
  using made = makeRoot();
  const openFiles = () => [...Deno.readDirSync("/proc/self/fd")].length;
  textAt(made.root, "/lib/debug/file");
  const before = openFiles();
  for (let i = 0; i < 10; i++) {
    textAt(made.root, "/lib/debug/file");
    textAt(made.root, "/far");
  }
  equal(openFiles(), before);
});
