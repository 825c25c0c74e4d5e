import { ok } from "node:assert/strict";
import fc from "fast-check";
import { buildId } from "./build_id.ts";
import { openDebugFile } from "../symbols/debug_file.ts";
import { type ByteSource, ElfError, ElfFile } from "./elf.ts";
import { identityOf } from "../cache/identity.ts";
import { symbols } from "../symbols/symbols.ts";
import { makeElf, sourceOf } from "./testdata/make_elf.ts";

const runs = { numRuns: 400 };
const names = [
  "SSL_write",
  "SSL_read",
  "SSL_do_handshake",
  "SSL_new",
  "SSL_free",
  "EVP_AEAD_CTX_seal",
  "PR_Write",
];
const functions = names.map((name, i) => ({ name, at: 0x1010 + i * 0x10 }));
const made = (["gnu", "sysv"] as const).map((hash) =>
  makeElf({ hash, exported: functions, table: functions, buildId: "0123456789", debugLink: "a.debug" })
);
const images = [...made, ...installed("/bin/true"), ...installed("/usr/lib/x86_64-linux-gnu/libssl.so.3")];

/** A real file, where this machine has it. */
function installed(path: string): Uint8Array[] {
  try {
    return [Deno.readFileSync(path)];
  } catch {
    return [];
  }
}

/** Everything that is ever asked of a file that nobody has judged. */
function examine(source: ByteSource & { readonly size: number }): void {
  let elf: ElfFile;
  try {
    elf = new ElfFile(source);
  } catch (error) {
    if (error instanceof ElfError) return;
    throw error;
  }
  const binary = { elf, source };
  for (const { hooks } of symbols(binary).stacks) {
    for (const { offset } of hooks) {
      const inCode = elf.segments.some((s) =>
        s.executable && offset >= s.offset && offset < s.offset + s.size
      );
      ok(inCode, `a hook at ${offset}`);
    }
  }
  buildId(binary);
  identityOf(binary);
  openDebugFile(binary, { root: "/nonexistent", path: "/bin/tool" });
  elf.toFileOffset(Number.MAX_VALUE);
}

/** Where damage does most: the header, the program headers, the tables that the real ones point to. */
function places(image: Uint8Array): fc.Arbitrary<number> {
  const source = sourceOf(image);
  const elf = new ElfFile(source);
  const sections = Number(new DataView(image.buffer, image.byteOffset).getBigUint64(40, true));
  const starts = [
    0,
    64,
    sections,
    ...elf.programHeaders.map(({ offset }) => offset),
    ...elf.sections.map(({ offset }) => offset),
  ].filter((at) => at < image.length);
  return fc.tuple(fc.constantFrom(...starts), fc.nat(600)).map(([start, more]) =>
    Math.min(image.length - 1, start + more)
  );
}

const value = fc.oneof(
  fc.constantFrom(
    0n,
    1n,
    0xffn,
    0xffffn,
    0x7fffffffn,
    0xffffffffn,
    1n << 52n,
    (1n << 63n) - 1n,
    (1n << 64n) - 1n,
  ),
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
);

images.forEach((image, i) => {
  const damage = fc.array(
    fc.record({ at: places(image), value, bytes: fc.constantFrom(1, 2, 4, 8) }),
    { minLength: 1, maxLength: 8 },
  );

  Deno.test(`damaged tables end in an answer: file ${i}`, () => {
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = image.slice();
        for (const change of changes) {
          for (let n = 0; n < change.bytes && change.at + n < bytes.length; n++) {
            bytes[change.at + n] = Number(change.value >> BigInt(n * 8) & 0xffn);
          }
        }
        const source = sourceOf(bytes);
        examine(source);
        ok(source.bytesRead < 64 << 20, `${source.bytesRead} bytes read`);
      }),
      { ...runs, numRuns: image.length > 100_000 ? 150 : runs.numRuns },
    );
  });

  Deno.test(`a file that shrinks while it is read ends in an answer: file ${i}`, () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(image.length), (reads, rest) => {
        const whole = sourceOf(image);
        const cut = sourceOf(image.subarray(0, rest));
        let left = reads;
        examine({
          size: image.length,
          read: (offset, length) => (left-- > 0 ? whole : cut).read(offset, length),
        });
      }),
      { numRuns: 100 },
    );
  });
});

Deno.test("any bytes behind a valid start end in an answer", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 48, maxLength: 4000 }), (rest) => {
      examine(
        sourceOf(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...new Uint8Array(11), 62, 0, ...rest)),
      );
      examine(sourceOf(rest));
    }),
    runs,
  );
});
