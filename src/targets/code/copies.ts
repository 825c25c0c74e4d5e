/** A library may be in a program more than once: each copy names its source file with a string of its own. */
import type { Finding, Refusal, Stack } from "../target.ts";
import type { Analysis, NamedString } from "./analysis.ts";

/** `judge` gives null for a string that no code of the library refers to. */
export function judgeCopies(
  { strings }: Analysis,
  names: readonly string[],
  judge: (file: NamedString) => Stack | Refusal | null,
): Finding {
  const verdicts = strings.filter(({ name }) => names.includes(name)).map(judge).filter((v) => v !== null);
  return {
    stacks: verdicts.filter((verdict) => "hooks" in verdict),
    refusals: verdicts.filter((verdict) => "reason" in verdict),
  };
}
