/** Finds strings of interest among a binary's constants. */
import type { Binary } from "../target.ts";
import { constantRanges, windows } from "./ranges.ts";

const MAX_FOUND = 256;

export interface Constant {
  readonly text: string;
  /** Where its characters begin; a longer string may end in them. */
  readonly address: number;
}

/** Every place where one of the texts ends a C string; null when there are too many, or too much to look through. */
export function findConstants(binary: Binary, texts: readonly string[]): Constant[] | null {
  const ranges = constantRanges(binary);
  if (ranges === null) return null;
  const found: Constant[] = [];
  const byLastByte = new Map(Map.groupBy(texts.map(encode), ({ bytes }) => bytes[bytes.length - 1]!));
  const isLastByte = new Uint8Array(256);
  for (const byte of byLastByte.keys()) isLastByte[byte] = 1;
  for (const { bytes, address, end } of windows(binary, ranges)) {
    // What begins before `end` may have its NUL behind it.
    for (let nul = 1; nul < bytes.length; nul++) {
      if (bytes[nul] !== 0 || isLastByte[bytes[nul - 1]!] === 0) continue;
      for (const wanted of byLastByte.get(bytes[nul - 1]!)!) {
        const start = nul - wanted.bytes.length;
        if (start < 0 || start >= end || !matches(bytes, start, wanted)) continue;
        if (found.push({ text: wanted.text, address: address + start }) > MAX_FOUND) return null;
      }
    }
  }
  return found;
}

interface Encoded {
  readonly text: string;
  readonly bytes: Uint8Array;
}

function encode(text: string): Encoded {
  return { text, bytes: new TextEncoder().encode(text) };
}

function matches(bytes: Uint8Array, start: number, { bytes: wanted }: Encoded): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return false;
  return true;
}
