/** What counts as a secret, as data: a literal that is looked for, and a pattern that is tried where it stands. */

export interface Rule {
  readonly kind: string;
  /** Literals of three or more characters. One pass over a text finds all of all rules, in any case. */
  readonly anchors: readonly string[];
  /** How many characters before its anchor the pattern begins. */
  readonly back: number;
  /**
   * Sticky. The secret is group 1, which ends the match; without a group it is the whole match.
   * Quantifiers are bounded, so that a text of anchors costs a constant for each of them.
   */
  readonly pattern: RegExp;
  /** The place only suggests a secret: the value must not be code, a placeholder or a plain word. */
  readonly weak: boolean;
}

/** Not the middle of a longer word: an id that ends in `…sk-` is no key. */
const START = "(?<![A-Za-z0-9])";

export type Body = "word" | "alnum" | "hex" | "upper" | "base64" | "dotted" | "mixed";

const BODIES: Readonly<Record<Body, string>> = {
  word: "[A-Za-z0-9_-]",
  alnum: "[A-Za-z0-9]",
  hex: "[0-9a-fA-F]",
  upper: "[A-Z0-9]",
  base64: "[A-Za-z0-9+/=_-]",
  dotted: "[A-Za-z0-9._-]",
  mixed: "[A-Za-z0-9_-]",
};
/** A name such as `sk-container-id-1` has no capitals; a random token of this length without one is rare. */
const MIXED = "(?=[A-Za-z0-9_-]{0,64}[0-9])(?=[A-Za-z0-9_-]{0,64}[A-Z])";

/** A format known by its prefix: kind, prefixes, what follows them, and the fewest characters of that. */
export type Token = readonly [kind: string, prefixes: readonly string[], body: Body, least: number];

export function token([kind, prefixes, body, least]: Token): Rule {
  const prefix = prefixes.map(escape).join("|");
  const guard = body === "mixed" ? MIXED : "";
  return {
    kind,
    anchors: prefixes,
    back: 0,
    pattern: new RegExp(`${START}(?:${prefix})${guard}${BODIES[body]}{${least},512}`, "y"),
    weak: false,
  };
}

export interface Shape {
  readonly kind: string;
  readonly anchors: readonly string[];
  readonly pattern: RegExp;
  readonly back?: number;
  readonly weak?: boolean;
}

export function shape({ kind, anchors, pattern, back = 0, weak = false }: Shape): Rule {
  return { kind, anchors, back, pattern: new RegExp(pattern.source, `${pattern.flags}y`), weak };
}

function escape(literal: string): string {
  return literal.replace(/[.+*?^$()[\]{}|\\/]/g, "\\$&");
}
