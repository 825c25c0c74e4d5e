import { lintSource } from "@secretlint/core";
import { secretLintProfiler } from "@secretlint/profiler";
import { creator } from "@secretlint/rules";
import type { Range } from "./range.ts";

const SCOPE = "@secretlint/secretlint-rule-";

export type Linter = (text: string) => Promise<readonly Range[]>;

/** The preset, without the rule that lets a `secretlint-disable` comment in hostile text switch it off. */
const CONFIG = {
  rules: [{
    id: "preset",
    rule: creator,
    options: {},
    rules: [
      { id: `${SCOPE}aws`, options: { enableIDScanRule: true } },
      { id: `${SCOPE}filter-comments`, disabled: true },
    ],
  }],
} as unknown as Parameters<typeof lintSource>[0]["options"]["config"];

export async function secretlint(text: string): Promise<Range[]> {
  // On by default, and it keeps an entry for every rule and call for ever.
  secretLintProfiler.setEnabled(false);
  const result = await lintSource({
    source: { content: text, filePath: "/text.txt", ext: ".txt", contentType: "text" },
    options: { config: CONFIG, noPhysicFilePath: true, maskSecrets: false },
  });
  return result.messages.map(({ range, ruleId }) => ({
    from: range[0],
    to: range[1],
    kind: ruleId.startsWith(SCOPE) ? ruleId.slice(SCOPE.length) : "secret",
  }));
}
