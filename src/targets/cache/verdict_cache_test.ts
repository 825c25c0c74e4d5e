import { deepEqual, equal, notEqual, throws } from "node:assert/strict";
import { TlsFunction } from "../../capture/layout.gen.ts";
import { ElfFile } from "../elf/elf.ts";
import { identityOf } from "./identity.ts";
import type { Finding } from "../target.ts";
import { makeElf, sourceOf } from "../elf/testdata/make_elf.ts";
import { VerdictCache } from "./verdict_cache.ts";

const finding: Finding = {
  stacks: [{
    library: "BoringSSL",
    method: "string references",
    hooks: [
      { name: "SSL_write", function: TlsFunction.WRITE, offset: 0x1010, when: "both" },
      {
        name: "crypto/tls.(*Conn).Read",
        function: TlsFunction.GO_READ,
        offset: 0x1100,
        when: "entry",
        returns: [0x1180],
      },
    ],
    evidence: ["code at 0x1010 refers to ssl_lib.cc"],
  }],
  refusals: [{ library: "rustls", reason: "two functions look alike", evidence: [] }],
};

function binaryOf(bytes: Uint8Array) {
  const source = sourceOf(bytes);
  return { elf: new ElfFile(source), source };
}

const image = makeElf({ table: [{ name: "main", at: 0x1010 }], buildId: "0123456789abcdef" });
const binary = binaryOf(image);
const identity = identityOf(binary);

function temporary(): Disposable & { readonly directory: string; entry(): string } {
  const top = Deno.makeTempDirSync();
  const directory = `${top}/cache/agentsight`;
  return {
    directory,
    entry: () => `${directory}/${identity}.json`,
    [Symbol.dispose]: () => Deno.removeSync(top, { recursive: true }),
  };
}

Deno.test("what was put is got, also by the next process", () => {
  using at = temporary();
  new VerdictCache(at.directory).put(binary, identity, finding);
  deepEqual(new VerdictCache(at.directory).get(binary, identity), finding);
  new VerdictCache(at.directory).put(binary, identity, { stacks: [], refusals: [] });
  deepEqual(new VerdictCache(at.directory).get(binary, identity), { stacks: [], refusals: [] });
  deepEqual([...Deno.readDirSync(at.directory)].map(({ name }) => name), [`${identity}.json`]);
});

Deno.test("only we can read and write entries", () => {
  using at = temporary();
  new VerdictCache(at.directory).put(binary, identity, finding);
  equal(Deno.statSync(at.directory).mode! & 0o777, 0o700);
  equal(Deno.statSync(at.entry()).mode! & 0o777, 0o600);
});

Deno.test("a directory that others can write to is not used", () => {
  using at = temporary();
  Deno.mkdirSync(at.directory, { recursive: true });
  Deno.chmodSync(at.directory, 0o777);
  throws(() => new VerdictCache(at.directory), /Cannot keep verdicts in .*: others have access to it/);
  Deno.removeSync(at.directory);
  Deno.symlinkSync("/tmp", at.directory);
  throws(() => new VerdictCache(at.directory), /others have access/);
  throws(() => new VerdictCache("/proc/agentsight"), /it cannot be made/);
});

type Damage = (
  entry: { finding: { stacks: Record<string, unknown>[] } } & Record<string, unknown>,
) => unknown;
const firstHook = (entry: Parameters<Damage>[0]) =>
  (entry.finding.stacks[0]!.hooks as Record<string, unknown>[])[0]!;

for (
  const [name, damage] of [
    ["nothing", () => null],
    ["a list", () => []],
    ["another version of the resolver", (entry) => ({ ...entry, version: 0 })],
    ["another file's identity", (entry) => ({ ...entry, identity: "0".repeat(64) })],
    ["other code at the hooks", (entry) => ({ ...entry, code: "0".repeat(64) })],
    ["no finding", (entry) => ({ ...entry, finding: undefined })],
    ["stacks that are no list", (entry) => ({ ...entry, finding: { stacks: {}, refusals: [] } })],
    ["an unknown method", (entry) => {
      entry.finding.stacks[0]!.method = "guess";
      return entry;
    }],
    ["an unknown probe", (entry) => {
      firstHook(entry).function = 99;
      return entry;
    }],
    ["a hook in constants", (entry) => {
      firstHook(entry).offset = 0x2010;
      return entry;
    }],
    ["a hook that is no number", (entry) => {
      firstHook(entry).offset = "0x1010";
      return entry;
    }],
    ["a hook at NaN", (entry) => {
      firstHook(entry).offset = null;
      return entry;
    }],
    ["returns outside the code", (entry) => {
      firstHook(entry).returns = [0x1010, 1e15];
      return entry;
    }],
    ["hooks without end", (entry) => {
      entry.finding.stacks[0]!.hooks = Array.from({ length: 1000 }, () => firstHook(entry));
      return entry;
    }],
    ["a very long name", (entry) => {
      firstHook(entry).name = "x".repeat(10_000);
      return entry;
    }],
    ["an endless entry", () => "x".repeat(1 << 20)],
  ] satisfies [string, Damage][]
) {
  Deno.test(`an entry with ${name} is ignored and overwritten`, () => {
    using at = temporary();
    const cache = new VerdictCache(at.directory);
    cache.put(binary, identity, finding);
    const entry = JSON.parse(Deno.readTextFileSync(at.entry()));
    Deno.writeTextFileSync(at.entry(), JSON.stringify((damage as Damage)(entry)) ?? "");
    equal(cache.get(binary, identity), null);
    cache.put(binary, identity, finding);
    deepEqual(cache.get(binary, identity), finding);
  });
}

Deno.test("an entry cut off anywhere is ignored", () => {
  using at = temporary();
  const cache = new VerdictCache(at.directory);
  cache.put(binary, identity, finding);
  const bytes = Deno.readFileSync(at.entry());
  for (let length = 0; length < bytes.length; length += 7) {
    Deno.writeFileSync(at.entry(), bytes.subarray(0, length));
    equal(cache.get(binary, identity), null);
  }
});

Deno.test("a name that is no identity reaches no other file", () => {
  using at = temporary();
  const cache = new VerdictCache(at.directory);
  throws(() => cache.get(binary, "../../escaped"), /Cannot keep a verdict/);
  throws(() => cache.put(binary, "../../escaped", finding), /Cannot keep a verdict/);
  deepEqual([...Deno.readDirSync(at.directory)].length, 0);
});

Deno.test("the newest entries are kept", () => {
  using at = temporary();
  const cache = new VerdictCache(at.directory);
  for (let i = 0; i < 600; i++) {
    const path = `${at.directory}/${String(i).padStart(64, "0")}.json`;
    Deno.writeTextFileSync(path, "{}");
    Deno.utimeSync(path, 1000 + i, 1000 + i);
  }
  cache.put(binary, identity, finding);
  const names = [...Deno.readDirSync(at.directory)].map(({ name }) => name).sort();
  equal(names.length, 512);
  equal(names[0], `${"89".padStart(64, "0")}.json`);
  deepEqual(cache.get(binary, identity), finding);
});

Deno.test("another file is told by its blocks, also with the same build id and size", () => {
  for (const at of [0x20, 0x1010, image.length - 1]) {
    const other = image.slice();
    other[at]! ^= 1;
    notEqual(identityOf(binaryOf(other)), identity);
  }
  equal(identityOf(binaryOf(image.slice())), identity);
});

Deno.test("files that differ where no block is have one identity, but other code at a hook is seen", () => {
  using at = temporary();
  const large = new Uint8Array(8 << 20);
  large.set(image);
  const view = new DataView(large.buffer);
  view.setBigUint64(64 + 32, BigInt(large.length - 0x1000), true);
  const offset = 0x3000 + 0x1000;
  const hook = { name: "SSL_write", function: TlsFunction.WRITE, offset, when: "both" as const };
  const found: Finding = { stacks: [{ ...finding.stacks[0]!, hooks: [hook] }], refusals: [] };
  const [first, second] = [binaryOf(large), binaryOf(large.with(offset + 10, 0xcc))];
  equal(identityOf(first), identityOf(second));
  const cache = new VerdictCache(at.directory);
  cache.put(first, identityOf(first), found);
  deepEqual(cache.get(first, identityOf(first)), found);
  equal(cache.get(second, identityOf(second)), null);
});

Deno.test("a few blocks are read of a large file", () => {
  const source = sourceOf(new Uint8Array(64 << 20));
  source.read = function (offset, length) {
    this.bytesRead += length;
    return offset < image.length ? image.subarray(offset, offset + length) : new Uint8Array(length);
  };
  const large = { elf: new ElfFile(source), source };
  source.bytesRead = 0;
  identityOf(large);
  equal(source.bytesRead < 400_000, true);
});
