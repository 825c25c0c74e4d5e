const BEFORE = 60;
const AFTER = 120;

/** The words people typed that can be searched: at most 16, each with a letter or a digit. */
export function searchWords(query: string): string[] {
  return query.slice(0, 1024).split(/[\s\0]+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).slice(0, 16);
}

/** Every word quoted, so that nothing a person types is FTS5 syntax; the last one is a prefix. */
export function matchExpression(words: readonly string[]): string {
  return words.length === 0 ? "" : words.map((word) => `"${word.replaceAll('"', '""')}"`).join(" ") + "*";
}

/**
 * Text around the first match in the first of `texts` that has one, matches between U+0002 and U+0003.
 * FTS5's own snippet() reads every token of every match's text: 8 ms for a 49 KB prompt.
 */
export function snippet(texts: readonly string[], words: readonly string[]): string {
  const terms = words.flatMap((word) => word.match(/[\p{L}\p{N}]+/gu) ?? []);
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${terms.join("|")})`, "giu");
  for (const text of texts) {
    const at = text.search(pattern);
    if (at >= 0) return excerpt(text, at).replace(pattern, "\u0002$&\u0003");
  }
  return excerpt(texts.find((text) => text !== "") ?? "", 0);
}

function excerpt(text: string, at: number): string {
  const from = Math.max(0, at - BEFORE), to = Math.min(text.length, at + AFTER);
  return (from > 0 ? "…" : "") + text.slice(from, to).toWellFormed() + (to < text.length ? "…" : "");
}
