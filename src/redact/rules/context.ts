import { type Rule, shape } from "./rule.ts";

/** What the rules share that go by the name before a value. */

/** What a value does not begin with: a quotation mark, an expansion, markup, or the scheme that precedes it. */
export const FIRST = String.raw`(?!["'$<{[(*]|(?:bearer|basic|token|digest|negotiate)\b)`;
/** Around a name or a value: quotation marks, escaped or not, and the end of a subscript. */
export const CLOSE = "[\\\\\"'`\\]]{0,3}";
export const OPEN = "[\\\\\"'`(]{0,3}";
/** What may stand before `key` where the key is secret. */
export const KEYS =
  "api|access|private|secret|auth|account|encryption|signing|master|license|subscription|application|app|client|service|admin|storage";
export const DIGIT_AND_LETTER = "(?=[^\\s\"'`]{0,64}[0-9])(?=[^\\s\"'`]{0,64}[A-Za-z])";
/** Part of a value, but not where a form's next field begins. */
export const AND = "&(?!\\w{1,32}=)";
export const SCHEME = "(?:(?:bearer|basic|token|apikey|digest|negotiate)\\s{1,2})?";
export const SEPARATOR = "(?:\\s{0,3}(?::=|=>|[:=])\\s{0,3}|\\s{1,2}(?:is|was)(?::|\\s)\\s{0,2})";

export function named(kind: string, anchors: readonly string[], pattern: string): Rule {
  return shape({ kind, anchors, pattern: new RegExp(pattern, "i"), weak: true });
}
