import assert from "node:assert/strict";
import type { CoverageChanged } from "../../src/event.ts";
import { Coverage } from "./coverage.ts";

Deno.test("a program is blind by its last verdict, and only where nothing is seen of it", () => {
  for (
    const [statuses, blind] of [
      [["attached"], false],
      [["attached", "verified"], false],
      [["attached", "rejected"], true],
      [["timeout"], true],
      [["timeout", "attached"], false],
      [["unsupported"], true],
    ] as const
  ) {
    const coverage = new Coverage();
    for (const status of statuses) {
      coverage.apply({ exe: "/bin/agent", library: "/bin/agent", status } as CoverageChanged);
    }
    assert.equal(coverage.blind.value.length > 0, blind, statuses.join());
  }
});
