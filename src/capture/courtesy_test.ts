import { deepEqual } from "node:assert/strict";
import { Courtesy } from "./courtesy.ts";

type Step = readonly [now: number, bytes: number, urgent?: boolean];

/** When the thread's policy was set, and to which: 0 is everybody's, 5 that of who gives way. */
function policies(steps: readonly Step[]): string[] {
  const said: string[] = [];
  let at = 0;
  const courtesy = new Courtesy({
    sched_setscheduler: (thread, policy) => said.push(`${at}: ${thread} ${policy}`),
  }, 7);
  for (const [now, bytes, urgent = false] of steps) {
    at = now;
    courtesy.update(now, { bytes, queue: 400, urgent });
  }
  return said;
}

const cases: readonly { name: string; steps: readonly Step[]; said: readonly string[] }[] = [
  {
    name: "gives way while something is on its way, and is said so once",
    steps: [[0, 0], [1, 90], [2, 80], [3, 0], [4, 0]],
    said: ["1: 7 5", "3: 7 0"],
  },
  {
    name: "a quarter of a queue behind, it hurries until nothing is left",
    steps: [[0, 50], [1, 101], [2, 99], [3, 1], [4, 0], [5, 50]],
    said: ["0: 7 5", "1: 7 0", "5: 7 5"],
  },
  {
    name: "so it does when the oldest waits for seconds",
    steps: [[0, 5], [1900, 5], [2001, 5], [2100, 0], [2200, 5], [4100, 5], [4300, 5]],
    said: ["0: 7 5", "2001: 7 0", "2200: 7 5", "4300: 7 0"],
  },
  {
    name: "and when evidence was lost",
    steps: [[0, 5], [1, 5, true], [2, 5], [3, 0], [4, 5]],
    said: ["0: 7 5", "1: 7 0", "4: 7 5"],
  },
];

for (const { name, steps, said } of cases) {
  Deno.test(`courtesy: ${name}`, () => deepEqual(policies(steps), said));
}
