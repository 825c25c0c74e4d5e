/** What processes, files and connections of a tracked tree leave behind, against a program that says what it did. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Event } from "../src/event.ts";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { python } from "./support/sample_agent.ts";

const deeds = join(import.meta.dirname!, "support/programs/deeds.py");
const ECONNREFUSED = -111;

interface Deeds {
  readonly argv: readonly string[];
  readonly killed: number;
  readonly short: readonly number[];
  readonly at_once: number;
  readonly nameless: number;
  readonly deep: string;
  readonly sharer: number;
  readonly leaver: number;
  readonly "127.0.0.1": number;
  readonly "::1": number;
  readonly refused: number;
  readonly async: number;
  readonly async_refused: number;
}

bpfTest("every deed of a traced program is an event, once and exact", async (t) => {
  const home = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "agentsight-deeds-" }));
  const { code, events, stderr } = await agentsight(
    ["trace", "--json", "--no-server", "--no-store", "--fold", "none", "--strict", "--", python, deeds, home],
  );
  assert.equal(code, 0, stderr);
  const did: Deeds = JSON.parse(stderr.split("\n").find((line) => line.startsWith("{"))!);
  const in_ = (path: string) => join(home, path);
  const opened = (path: string) =>
    ofKind(events, "file.open").filter((event) => event.path === path)
      .map(({ access, created, result }) => ({ access, created, result }));
  const closed = (path: string) =>
    ofKind(events, "file.close").filter((event) => event.path === path)
      .map(({ read_bytes, written_bytes, implicit }) => [read_bytes, written_bytes, implicit ?? false]);
  const made = { access: "write", created: true, result: 0 };
  const exit = (pid: number) => ofKind(events, "process.exit").filter((event) => event.pid === pid);

  await t.step("argv of 60 KiB, whole", () => {
    const execs = ofKind(events, "process.exec").filter(({ argv }) => argv[0] === "/bin/echo");
    assert.deepEqual(execs.map(({ argv, argv_truncated, cwd, exe }) => [argv, argv_truncated, cwd, exe]), [
      [did.argv, undefined, home, "/usr/bin/echo"],
    ]);
  });
  await t.step("exit codes and signals", () => {
    const shells = ofKind(events, "process.exec").filter(({ argv }) => argv[2]?.startsWith("exit "));
    assert.deepEqual(shells.map(({ pid }) => exit(pid).map(({ code }) => code)), [[0], [7], [255]]);
    assert.deepEqual(exit(did.killed).map(({ code, signal }) => [code, signal]), [[undefined, 15]]);
  });
  await t.step("processes of a few milliseconds: fork, exec and exit of each", () => {
    did.short.forEach((pid, n) => {
      assert.equal(ofKind(events, "process.fork").filter(({ child }) => child === pid).length, 1);
      const [exec] = ofKind(events, "process.exec").filter((event) => event.pid === pid);
      assert.deepEqual(exec?.argv, ["true", String(n)]);
      assert.deepEqual(exit(pid).map(({ code }) => code), [0]);
    });
  });
  await t.step("a program that is in no directory; where it runs is one all the same", () => {
    const [exec] = ofKind(events, "process.exec").filter(({ pid }) => pid === did.nameless);
    assert.deepEqual([exec?.exe, exec?.argv, exec?.cwd], ["memfd:program", ["hidden"], home]);
  });
  await t.step("a child is followed from its first instruction", () => {
    const [first] = ofKind(events, "file.open").filter(({ path }) => path === in_("first-deed"));
    assert.equal(first?.pid, did.at_once);
    const fork = ofKind(events, "process.fork").find(({ child }) => child === did.at_once)!;
    assert.equal(fork.child_start, first.start);
    assert.ok(fork.seq < first.seq);
  });
  await t.step("created, written, read, opened again, refused", () => {
    assert.deepEqual(opened(in_("made")), [
      made,
      { access: "read", created: false, result: 0 },
      { access: "rw", created: false, result: 0 },
      { access: "write", created: false, result: -17 },
    ]);
    const [written, unread, changed, ...more] = closed(in_("made"));
    assert.deepEqual([written, unread], [[0, 1234, false], [0, 0, false]]);
    assert.deepEqual(changed?.slice(1), [10, false]);
    assert.ok(Number(changed?.[0]) >= 100, "buffered reads take at least what was asked for");
    assert.deepEqual(more, []);
    assert.deepEqual(opened(in_("missing")), [{ access: "read", created: false, result: -2 }]);
  });
  await t.step("renamed and removed, by absolute names", () => {
    const names = (kind: "file.unlink" | "file.rmdir" | "file.mkdir") =>
      ofKind(events, kind).filter(({ path }) => path.startsWith(home)).map((
        { path, result },
      ) => [path, result]);
    assert.deepEqual(
      ofKind(events, "file.rename").slice(0, 2).map(({ from, to, result }) => [from, to, result]),
      [[in_("made"), in_("sub/renamed"), 0], [in_("sub/by-dirfd"), in_("sub/by-dirfd-2"), 0]],
    );
    assert.deepEqual(names("file.unlink"), [
      [in_("sub/by-dirfd-2"), 0],
      [in_("sub/here"), 0],
      [in_("sub/renamed"), 0],
    ]);
    assert.deepEqual(names("file.rmdir"), [[in_("sub/deep"), 0], [in_("sub"), 0]]);
    assert.deepEqual(names("file.mkdir").slice(0, 2), [[in_("sub"), 0], [in_("sub/deep"), 0]]);
  });
  await t.step("relative to a directory, by chdir or descriptor, and through links", () => {
    for (const path of ["relative", "sub/here", "sub/by-dirfd", "target", "naïve ✔", "n".repeat(255)]) {
      assert.deepEqual(opened(in_(path)), [made], path);
    }
    assert.deepEqual(opened(did.deep), [made]);
  });
  await t.step("names that are not UTF-8, exactly", () => {
    const bytes = (name: string) =>
      new Uint8Array([...in_(""), ..."/" + name].map((c) => c.charCodeAt(0))).toBase64();
    const [open] = ofKind(events, "file.open").filter(({ path_b64 }) => path_b64 === bytes("not-\xff-utf8"));
    assert.equal(open?.path, in_("not-\\xff-utf8"));
    const rename = ofKind(events, "file.rename").at(-1);
    assert.deepEqual(
      [rename?.from_b64, rename?.to_b64, rename?.to],
      [bytes("not-\xff-utf8"), bytes("still-\xfe-not"), in_("still-\\xfe-not")],
    );
  });
  await t.step(
    "a file behind several descriptors is closed once, one left open by the end of its process",
    () => {
      assert.deepEqual(closed(in_("shared")), [[0, 60, false]]);
      assert.deepEqual(closed(in_("left-open")), [[0, 40, true]]);
    },
  );
  await t.step("connections, with how they ended", () => {
    assert.deepEqual(connects(events, did["127.0.0.1"]), [["inet", "127.0.0.1", 0]]);
    assert.deepEqual(connects(events, did["::1"]), [["inet6", "::1", 0]]);
    assert.deepEqual(connects(events, did.refused), [["inet", "127.0.0.1", ECONNREFUSED]]);
    assert.deepEqual(connects(events, did.async), [["inet", "127.0.0.1", 0]]);
    assert.deepEqual(connects(events, did.async_refused), [["inet", "127.0.0.1", ECONNREFUSED]]);
  });
  Deno.removeSync(home, { recursive: true });
});

function connects(events: readonly Event[], port: number): unknown[] {
  return ofKind(events, "net.connect").filter((event) => event.port === port)
    .map(({ family, addr, result }) => [family, addr, result]);
}
