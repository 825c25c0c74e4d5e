import type { LearnedSecrets } from "./learned.ts";
import { PLACEHOLDER } from "./placeholder.ts";

/** What those need that take a secret out because its place names it. */
export interface Naming {
  readonly learned: LearnedSecrets;
  readonly placeholder: (kind: string, secret: string) => string;
}

/** The placeholder of a value that its place calls secret; it is learned, to be found where nothing names it. */
export function take(secret: string, kind: string, { learned, placeholder }: Naming): string {
  if (secret === "" || isPlaceholder(secret)) return secret;
  // A word of letters only may be any word: it is hidden here but not looked for elsewhere.
  if (!/^[A-Za-z/._-]*$/.test(secret)) learned.learn(secret, kind);
  return placeholder(kind, secret);
}

export function isPlaceholder(text: string): boolean {
  return text.startsWith("[redacted:") && text.replace(PLACEHOLDER, "") === "";
}
