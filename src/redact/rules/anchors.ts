import type { Range } from "../range.ts";
import { CONTEXTS } from "./contexts.ts";
import { isPlausible } from "./plausible.ts";
import { type Rule, token } from "./rule.ts";
import { SHAPES } from "./shapes.ts";
import { TOKENS } from "./tokens.ts";

export const RULES: readonly Rule[] = [...TOKENS.map(token), ...SHAPES, ...CONTEXTS];

const HEAD = 3;
const FILTER_BITS = 16;

interface Candidate {
  readonly anchor: string;
  readonly rule: number;
}

/**
 * All rules in one pass: it stops only where three characters begin an anchor, and tries the pattern there.
 * A hundred regular expressions, each over the whole text, would cost 20 times as much.
 */
export class Anchors {
  readonly #rules: readonly Rule[];
  readonly #byHead = new Map<number, Candidate[]>();
  readonly #filter = new Uint8Array(1 << FILTER_BITS);

  constructor(rules: readonly Rule[] = RULES) {
    this.#rules = rules;
    rules.forEach(({ anchors }, rule) => {
      for (const anchor of new Set(anchors.map((text) => text.toLowerCase()))) this.#index({ anchor, rule });
    });
  }

  find(text: string, into: Range[]): void {
    const filter = this.#filter;
    const free = new Uint32Array(this.#rules.length);
    let head = 0;
    for (let i = 0; i < text.length; i++) {
      head = (head << 8 | (text.charCodeAt(i) | 0x20) & 0xff) & 0xffffff;
      if (filter[slot(head)] === 1 && i >= HEAD - 1) this.#try(text, i - HEAD + 1, { head, free, into });
    }
  }

  #try(
    text: string,
    at: number,
    { head, free, into }: { head: number; free: Uint32Array; into: Range[] },
  ): void {
    for (const { anchor, rule } of this.#byHead.get(head) ?? []) {
      const { pattern, back, kind, weak } = this.#rules[rule] as Rule;
      if (at - back < (free[rule] ?? 0) || !continues(text, at, anchor)) continue;
      pattern.lastIndex = at - back;
      const match = pattern.exec(text);
      if (match === null) continue;
      const to = pattern.lastIndex;
      const end = tokenEnd(text, to);
      const from = to - (match[1] ?? match[0]).length;
      if (weak && !isPlausible(text.slice(from, end), text.charAt(end))) continue;
      free[rule] = end;
      into.push({ from, to: end, kind });
    }
  }

  #index(candidate: Candidate): void {
    let head = 0;
    for (let i = 0; i < HEAD; i++) head = head << 8 | (candidate.anchor.charCodeAt(i) | 0x20) & 0xff;
    this.#filter[slot(head)] = 1;
    const same = this.#byHead.get(head) ?? [];
    same.push(candidate);
    this.#byHead.set(head, same);
  }
}

/** Whether the rest of an anchor, which is in lower case, follows its head. */
function continues(text: string, at: number, anchor: string): boolean {
  for (let i = 0; i < anchor.length; i++) {
    const code = text.charCodeAt(at + i);
    const lower = code >= 65 && code <= 90 ? code | 0x20 : code;
    if (lower !== anchor.charCodeAt(i)) return false;
  }
  return true;
}

/** A token longer than its rule's bound is still one secret. */
function tokenEnd(text: string, to: number): number {
  let end = to;
  while (end < text.length && isTokenChar(text.charCodeAt(end))) end++;
  return end;
}

function isTokenChar(code: number): boolean {
  return code >= 48 && code <= 57 || code >= 65 && code <= 90 || code >= 97 && code <= 122 ||
    code === 45 || code === 95;
}

function slot(head: number): number {
  return Math.imul(head, 0x9e3779b1) >>> (32 - FILTER_BITS);
}
