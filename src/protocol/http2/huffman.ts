/**
 * Strings in HPACK's Huffman code (RFC 7541, section 5.2). The code is canonical: the lengths of appendix B say it all.
 *
 * Decoded half a byte at a time: the shortest code has 5 bits, so half a byte completes at most one symbol.
 */
import { latin1 } from "../../bytes.ts";

/** Bits of each byte's code. */
// deno-fmt-ignore
const LENGTHS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
  28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
  5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
  6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
  24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
  21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30, // the end of the string, which is never sent
];
const END = 256;

/** A step: where to go on, what was completed, and whether the string may end there. */
const NEXT = 0x1ff;
const EMITS = 1 << 9;
const MAY_END = 1 << 10;
const SYMBOL_SHIFT = 16;
/** No way leads out again; the end symbol is the only one in. */
const FAILED = NEXT;
const MAX_PADDING = 7;

const STEPS = steps(tree());

/** Null where it is not a Huffman string: the end symbol inside, or padding that is not the start of it. */
export function decodeHuffman(bytes: Uint8Array): string | null {
  const out = new Uint8Array(Math.ceil(bytes.length * 8 / 5));
  let length = 0;
  let step = MAY_END;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    step = STEPS[(step & NEXT) << 4 | byte >> 4]!;
    if (step & EMITS) out[length++] = step >> SYMBOL_SHIFT;
    step = STEPS[(step & NEXT) << 4 | byte & 15]!;
    if (step & EMITS) out[length++] = step >> SYMBOL_SHIFT;
  }
  return step & MAY_END ? latin1(out.subarray(0, length)) : null;
}

/** Inner nodes: the two branches of each, as another node, or as `~symbol`. */
type Tree = [zero: number, one: number][];

/** Codes count upwards: by length, then by symbol (RFC 1951, section 3.2.2). */
function tree(): Tree {
  const order = LENGTHS.map((_, symbol) => symbol).sort((a, b) => LENGTHS[a]! - LENGTHS[b]! || a - b);
  const nodes: Tree = [[0, 0]];
  let code = 0;
  let length = LENGTHS[order[0]!]!;
  for (const symbol of order) {
    code *= 2 ** (LENGTHS[symbol]! - length);
    length = LENGTHS[symbol]!;
    let node = 0;
    for (let bit = length - 1; bit > 0; bit--) {
      const branch = code >> bit & 1;
      if (nodes[node]![branch] === 0) nodes[node]![branch] = nodes.push([0, 0]) - 1;
      node = nodes[node]![branch]!;
    }
    nodes[node]![code & 1] = ~symbol;
    code++;
  }
  return nodes;
}

function steps(nodes: Tree): Int32Array {
  const table = new Int32Array(512 << 4).fill(FAILED);
  const padding = paddings(nodes);
  for (let start = 0; start < nodes.length; start++) {
    for (let half = 0; half < 16; half++) {
      let node = start;
      let emitted = 0;
      for (let bit = 3; bit >= 0 && node !== FAILED; bit--) {
        const branch = nodes[node]![half >> bit & 1]!;
        if (branch >= 0) node = branch;
        else if (~branch === END) node = FAILED;
        else {
          emitted = EMITS | ~branch << SYMBOL_SHIFT;
          node = 0;
        }
      }
      table[start << 4 | half] = node | emitted | (padding.has(node) ? MAY_END : 0);
    }
  }
  return table;
}

/** Where less than a byte of ones leads to: the start of the end symbol. */
function paddings(nodes: Tree): Set<number> {
  const found = new Set([0]);
  for (let node = 0, depth = 0; depth < MAX_PADDING; depth++) found.add(node = nodes[node]![1]);
  return found;
}
