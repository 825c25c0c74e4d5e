import assert from "node:assert/strict";
import fc from "fast-check";
import {
  brotliCompressSync,
  constants,
  createBrotliCompress,
  createDeflate,
  createDeflateRaw,
  createGzip,
  createZstdCompress,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from "node:zlib";
import { concat } from "../../bytes.ts";
import { MemoryBudget } from "../byte_buffer.ts";
import { contentDecoder } from "./content_decoder.ts";

type Input = Uint8Array | "gap";

interface Result {
  readonly text: string;
  readonly marks: readonly string[];
  /** Budget in use: at most, and when all was over. */
  readonly peak: number;
  readonly left: number;
}

function decode(
  coding: string,
  input: Iterable<Input>,
  options: { limit?: number; memory?: number; each?: (text: string) => void } = {},
): Result {
  const { limit = 1 << 20, memory = 64 << 20 } = options;
  const budget = new MemoryBudget(memory);
  let text = "";
  let peak = 0;
  const marks: string[] = [];
  const sink = {
    data: (bytes: Uint8Array) => {
      text += Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
      peak = Math.max(peak, budget.used);
    },
    gap: () => void marks.push(`gap after ${text.length}`),
    cut: (reason: string) => void marks.push(`${reason} after ${text.length}`),
  };
  const decoder = contentDecoder(coding, { sink, limit, budget });
  for (const piece of input) {
    if (piece === "gap") decoder.gap();
    else decoder.push(piece);
    options.each?.(text);
  }
  decoder.end();
  return { text, marks, peak, left: budget.used };
}

/** `bytes` in pieces of `size`. */
function* pieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

const TEXT = 'event: delta\ndata: {"n":1}\n\n'.repeat(9) + "end";
const PLAIN = new TextEncoder().encode(TEXT);
const [HALF, REST] = [PLAIN.subarray(0, 100), PLAIN.subarray(100)];
/** A zstd frame that decoders skip (RFC 8878, section 3.1.2). */
const SKIPPED = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);

const CASES: [name: string, coding: string, bytes: Uint8Array][] = [
  ["nothing", "", PLAIN],
  ["identity", "identity", PLAIN],
  ["gzip", "gzip", gzipSync(PLAIN)],
  ["x-gzip in capitals", "X-GZIP", gzipSync(PLAIN)],
  ["gzip, two members", "gzip", concat([gzipSync(HALF), gzipSync(REST)])],
  ["gzip, an empty member first", "gzip", concat([gzipSync(""), gzipSync(PLAIN)])],
  ["gzip, padded", "gzip", concat([gzipSync(PLAIN), new Uint8Array(600)])],
  ["deflate as zlib", "deflate", deflateSync(PLAIN)],
  ["deflate, raw", "deflate", deflateRawSync(PLAIN)],
  ["deflate, raw and stored", "deflate", deflateRawSync(PLAIN, { level: 0 })],
  ["br", "br", brotliCompressSync(PLAIN)],
  ["zstd", "zstd", zstdCompressSync(PLAIN)],
  [
    "zstd, two frames, skipped ones around",
    "zstd",
    concat([
      ...[SKIPPED, zstdCompressSync(HALF), SKIPPED, SKIPPED, zstdCompressSync(REST), SKIPPED],
    ]),
  ],
  [
    "zstd with a checksum",
    "zstd",
    zstdCompressSync(PLAIN, {
      params: { [constants.ZSTD_c_checksumFlag]: 1 },
    }),
  ],
  ["gzip below br", "gzip, br", brotliCompressSync(gzipSync(PLAIN))],
  [
    "five of them",
    "gzip,identity,br,zstd , deflate,gzip",
    gzipSync(
      deflateSync(zstdCompressSync(brotliCompressSync(gzipSync(PLAIN)))),
    ),
  ],
];

for (const [name, coding, bytes] of CASES) {
  Deno.test(`content coding: ${name}, split anywhere`, () => {
    for (let at = 0; at <= bytes.length; at++) {
      const { text, marks, left } = decode(coding, [bytes.subarray(0, at), bytes.subarray(at)]);
      assert.equal(text, TEXT, `split at ${at}`);
      assert.deepEqual(marks, [], `split at ${at}`);
      assert.equal(left, 0);
    }
    assert.equal(decode(coding, pieces(bytes, 1)).text, TEXT, "bytes one by one");
  });

  Deno.test(`content coding: ${name}, broken off anywhere: a beginning, and no complaint`, () => {
    let longest = 0;
    for (let at = 0; at < bytes.length; at++) {
      const { text, marks, left } = decode(coding, [bytes.subarray(0, at)]);
      assert.ok(TEXT.startsWith(text) && text.length >= longest);
      longest = text.length;
      assert.deepEqual([marks, left], [[], 0]);
    }
  });
}

const FLUSHED = [
  ["gzip", () => createGzip(), constants.Z_SYNC_FLUSH],
  ["deflate", () => createDeflate(), constants.Z_SYNC_FLUSH],
  ["deflate", () => createDeflateRaw(), constants.Z_SYNC_FLUSH],
  ["br", () => createBrotliCompress(), constants.BROTLI_OPERATION_FLUSH],
  ["zstd", () => createZstdCompress(), constants.ZSTD_e_flush],
] as const;

for (const [coding, create, flush] of FLUSHED) {
  Deno.test(`content coding: ${create.name || coding}: what was flushed comes out at once`, async () => {
    const compressor = create();
    let compressed: Uint8Array[] = [];
    compressor.on("data", (bytes: Uint8Array) => void compressed.push(bytes));
    const events = Array.from({ length: 50 }, (_, n) => `data: {"number":${n * 7919}}\n\n`);
    const blocks: Uint8Array[] = [];
    for (const event of events) {
      compressor.write(event);
      await new Promise<void>((resolve) => compressor.flush(flush, resolve));
      blocks.push(concat(compressed));
      compressed = [];
    }
    compressor.destroy();
    let pushed = 0;
    const each = (text: string) => assert.equal(text, events.slice(0, ++pushed).join(""));
    assert.deepEqual(decode(coding, blocks, { each }).marks, []);
  });
}

Deno.test("content coding: a gap ends what can be read", () => {
  for (const [name, coding, bytes] of CASES.slice(2)) {
    const middle = Math.min(bytes.length >> 1, 30);
    const [before, after] = [bytes.subarray(0, middle), bytes.subarray(middle + 1)];
    const { text } = decode(coding, [before]);
    const result = decode(coding, [before, "gap", "gap", ...pieces(after, 5)]);
    assert.equal(result.text, text, name);
    const marks = [`gap after ${text.length}`, `undecodable after ${text.length}`];
    assert.deepEqual([result.marks, result.left], [marks, 0], name);
  }
  assert.deepEqual(decode("", [HALF, "gap", REST]).marks, ["gap after 100"]);
});

const DAMAGED: [name: string, coding: string, bytes: Uint8Array, before: number][] = [
  ["an unknown coding", "compress", PLAIN, 0],
  ["six codings", "br,br,br,br,br,br", brotliCompressSync(PLAIN), 0],
  ["text as gzip", "gzip", PLAIN, 0],
  ["text as zstd", "zstd", PLAIN, 0],
  ["text as br", "br", PLAIN, 0],
  ["text behind gzip", "gzip", concat([gzipSync(PLAIN), PLAIN]), TEXT.length],
  ["text behind zlib", "deflate", concat([deflateSync(PLAIN), PLAIN]), TEXT.length],
  ["text behind br", "br", concat([brotliCompressSync(PLAIN), PLAIN]), TEXT.length],
  ["text behind zstd", "zstd", concat([zstdCompressSync(PLAIN), PLAIN]), TEXT.length],
  ["a br window outside of the standard", "br", Uint8Array.of(0x11, 0x1e, 0, 0), 0],
  // Frame header descriptor 0, window descriptor: exponent 14, so 16 MiB.
  ["a zstd window of 16 MiB", "zstd", Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 14 << 3, 1, 0, 0), 0],
  // Single segment: the window is the content size, here 2^48.
  [
    "a zstd frame of 256 TiB",
    "zstd",
    Uint8Array.of(
      ...[0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0],
    ),
    0,
  ],
];

for (const [name, coding, bytes, before] of DAMAGED) {
  Deno.test(`content coding: ${name} is told once`, () => {
    for (const size of [bytes.length, 7, 1]) {
      const { text, marks, left } = decode(coding, [...pieces(bytes, size), PLAIN]);
      assert.equal(text, TEXT.slice(0, before));
      assert.deepEqual(marks, [`undecodable after ${before}`]);
      assert.equal(left, 0);
    }
  });
}

Deno.test("content coding: a zstd window of 8 MiB is taken", () => {
  const bytes = zstdCompressSync(PLAIN, {
    params: { [constants.ZSTD_c_windowLog]: 23, [constants.ZSTD_c_contentSizeFlag]: 0 },
  });
  assert.equal(decode("zstd", [bytes]).text, TEXT);
});

const ZEROS = new Uint8Array(8 << 20);
const BOMBS: [coding: string, bytes: Uint8Array][] = [
  ["gzip", gzipSync(ZEROS)],
  ["deflate", deflateSync(ZEROS)],
  ["br", brotliCompressSync(ZEROS, { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } })],
  ["zstd", zstdCompressSync(ZEROS)],
  ["br, gzip", gzipSync(brotliCompressSync(ZEROS, { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } }))],
  ["", ZEROS],
];

for (const [coding, bytes] of BOMBS) {
  Deno.test(`content coding: ${coding || "identity"} ends at the limit`, () => {
    const { text, marks, left } = decode(coding, [bytes, bytes], { limit: 100_000 });
    assert.equal(text.length, 100_000);
    assert.deepEqual([marks, left], [["too-large after 100000"], 0]);
  });
}

Deno.test("content coding: memory is reserved before it is used", () => {
  for (const coding of ["gzip", "deflate", "br", "zstd"]) {
    const [, bytes] = BOMBS.find(([name]) => name === coding)!;
    const { text, marks, left } = decode(coding, [bytes], { memory: 10_000 });
    assert.deepEqual([text, marks, left], ["", ["too-large after 0"], 0], coding);
  }
  // The history of zstd grows with what was decoded.
  const { marks, peak } = decode("zstd", [BOMBS[3]![1]], { memory: 1 << 20 });
  assert.match(marks[0]!, /^too-large/);
  assert.ok(peak <= 1 << 20);
});

Deno.test("content coding: an end within a push is the end", () => {
  const budget = new MemoryBudget(1 << 20);
  let given = 0;
  const decoder = contentDecoder("gzip", {
    sink: {
      data: () => {
        given++;
        decoder.end();
      },
      gap() {},
      cut: () => assert.fail("ended, not cut"),
    },
    limit: 1 << 20,
    budget,
  });
  decoder.push(gzipSync(new Uint8Array(500_000)));
  decoder.push(PLAIN);
  assert.deepEqual([given, budget.used], [1, 0]);
});

/** Where a fault is noticed in a block, what came before it in that block may be lost with it. */
Deno.test("content coding: a damaged body reads the same in any pieces, up to the fault", () => {
  const fault = fc.record({ at: fc.nat(), value: fc.nat(255) });
  fc.assert(
    fc.property(
      fc.constantFrom(...CASES.slice(2)),
      fc.array(fault, { maxLength: 3 }),
      fc.integer({ min: 1, max: 60 }),
      ([, coding, clean], faults, size) => {
        const bytes = clean.slice();
        for (const { at, value } of faults) bytes[at % bytes.length] = value;
        const whole = decode(coding, [bytes]);
        const split = decode(coding, pieces(bytes, size));
        assert.ok(split.text.startsWith(whole.text));
        assert.equal(split.marks.length, whole.marks.length);
        assert.ok(whole.marks.length <= 1);
        assert.deepEqual([whole.left, split.left], [0, 0]);
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("content coding: noise ends, and keeps nothing", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("gzip", "deflate", "br", "zstd", "deflate, br, deflate"),
      fc.constantFrom([], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0], [0x78, 0x9c], [
        0x28,
        0xb5,
        0x2f,
        0xfd,
        0,
        0x58,
      ]),
      fc.uint8Array({ maxLength: 300 }),
      (coding, start, noise) => {
        const { marks, left } = decode(coding, pieces(concat([Uint8Array.from(start), noise]), 50));
        assert.ok(marks.length <= 1);
        assert.equal(left, 0);
      },
    ),
    { numRuns: 1_000 },
  );
});
