import { deepEqual } from "node:assert/strict";
import { Courtesy } from "./courtesy.ts";

function priorities(
  steps: readonly (readonly [now: number, bytes: number, urgent?: boolean])[],
  usual = 0,
): string[] {
  const said: string[] = [];
  let at = 0;
  const courtesy = new Courtesy({
    getpriority: () => usual,
    setpriority: (_which, thread, nice) => said.push(`${at}: ${thread} to ${nice}`),
  }, 7);
  for (const [now, bytes, urgent = false] of steps) {
    at = now;
    courtesy.update(now, { bytes, queue: 400, urgent });
  }
  return said;
}

const cases = [
  { name: "what keeps up gives way, once", steps: [[0, 0], [1, 90], [2, 0]], said: ["0: 7 to 10"] },
  {
    name: "a quarter of a queue behind, it hurries until nothing is left",
    steps: [[0, 0], [1, 101], [2, 99], [3, 1], [4, 0], [5, 50]],
    said: ["0: 7 to 10", "1: 7 to 0", "4: 7 to 10"],
  },
  {
    name: "so it does when the oldest waits for seconds",
    steps: [[0, 5], [1900, 5], [2001, 5], [2100, 0], [2200, 5], [4100, 5], [4300, 5]],
    said: ["0: 7 to 10", "2001: 7 to 0", "2100: 7 to 10", "4300: 7 to 0"],
  },
  {
    name: "and when evidence was lost",
    steps: [[0, 5], [1, 5, true], [2, 5], [3, 0]],
    said: ["0: 7 to 10", "1: 7 to 0", "3: 7 to 10"],
  },
] as const;

for (const { name, steps, said } of cases) {
  Deno.test(`courtesy: ${name}`, () => deepEqual(priorities(steps), said));
}

Deno.test("courtesy: what was started with a priority of its own keeps it", () => {
  deepEqual(priorities([[0, 0], [1, 300]], 15), ["0: 7 to 19", "1: 7 to 15"]);
});
