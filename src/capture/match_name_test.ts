import { equal } from "node:assert/strict";
import { matchesName } from "./match_name.ts";

for (
  const [wanted, name, matches] of [
    ["python", "python3.11", true],
    ["python3", "python3.11", true],
    ["python3.1", "python3.11", false],
    ["python3.11", "python3.11", true],
    ["python", "python-config", false],
    ["claude", "claude-2.1.330", true],
    ["node", "nodejs", false],
    ["node", "node", true],
    ["sh", "bash", false],
  ] as const
) {
  Deno.test(`--comm ${wanted} ${matches ? "matches" : "does not match"} ${name}`, () => {
    equal(matchesName(wanted, name), matches);
  });
}
