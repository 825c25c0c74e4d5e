/** What stands where a value would, in documentation, schemas and code. */
const WORDS: ReadonlySet<string> = new Set(
  ("true false null none nil undefined string number boolean integer object array required optional password secret " +
    "token apikey api_key api-key changeme example redacted hidden omitted value unknown default bearer basic text " +
    "varchar char bytes buffer any env file stdin prompt input header cookie")
    .split(" "),
);
const REFERENCE =
  /^(?:process\.env|os\.(?:environ|getenv)|import\.meta|deno\.env|env\.|self\.|this\.|config\.|settings\.|secrets\.|vars?\.|local\.|data\.|args\.|options?\.|opts\.|params\.|req\.|request\.|ctx\.|props\.|std::|&?str\b)/i;
const NOTHING = /^(?:[*xX._•…-]+|(.)\1+)$/;
const STAND_IN = /^(?:your|my|the|some|insert|enter|replace|put|add)[-_](?:[a-z]+[-_]?){1,6}$/i;

/** Whether what a place calls a secret can be one; `next` is the character behind it. */
export function isPlausible(value: string, next: string): boolean {
  if (next === "(" || next === "[") return false;
  return !WORDS.has(value.toLowerCase()) && !NOTHING.test(value) && !REFERENCE.test(value) &&
    !STAND_IN.test(value.slice(0, 64));
}
