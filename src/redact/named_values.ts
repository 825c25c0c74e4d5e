import { plain } from "./decoded.ts";
import type { LearnedSecrets } from "./learned.ts";
import type { Range } from "./range.ts";

/** Rules that go by what stands before a value: without it the value is not recognised. */
const BY_CONTEXT: ReadonlySet<string> = new Set([
  "assignment",
  "aws-secret-key",
  "bearer",
  "field",
  "header",
  "netrc",
  "npm-token",
  "option",
  "url-password",
  "url-query",
  "user-password",
  "variable",
  "vendor-key",
]);
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Bits a character: English words joined by dashes have about 3.2, random tokens of 20 characters 3.8. */
const LEAST_ENTROPY = 3.5;
const SHORTEST = 16;

/**
 * Learns what a text names (`cat .env`), to find it where it is repeated without its name. Only what looks random:
 * text is written by anybody, and a path or an id that it calls a password must stay readable elsewhere.
 */
export function learnNamed(text: string, ranges: readonly Range[], learned: LearnedSecrets): void {
  for (const { from, to, kind } of ranges) {
    if (!BY_CONTEXT.has(kind) || to - from < SHORTEST) continue;
    const value = plain(text.slice(from, to));
    if (isRandom(value, { slashes: kind === "aws-secret-key" })) learned.learn(value, kind);
  }
}

function isRandom(value: string, { slashes }: { slashes: boolean }): boolean {
  const characters = slashes ? /^[A-Za-z0-9+/=]+$/ : /^[A-Za-z0-9+=_.~-]+$/;
  return value.length >= SHORTEST && characters.test(value) && /[0-9]/.test(value) &&
    /[A-Za-z]/.test(value) &&
    !UUID.test(value) && entropy(value) >= LEAST_ENTROPY;
}

function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count / text.length * Math.log2(count / text.length);
  return bits;
}
