import { deepEqual, equal, throws } from "node:assert/strict";
import type { Micros } from "../event.ts";
import type { Round } from "./messages.ts";
import { readRounds, RoundFile } from "./round_file.ts";

Deno.test("rounds come back as they were", () => {
  const path = Deno.makeTempDirSync() + "/rounds";
  const rounds: Round[] = [
    {
      type: "round",
      now: 1 as Micros,
      libraries: [{ id: 1, path: "/lib", library: "OpenSSL", method: "symbols" }],
      drafts: [],
      control: Uint8Array.of(1, 2, 3),
      payload: null,
      losses: [],
    },
    {
      type: "round",
      now: 2 as Micros,
      libraries: [],
      drafts: [],
      control: null,
      payload: Uint8Array.of(4),
      losses: [{ class: "file", reason: "r", unit: "events", count: 3 }],
    },
  ];
  {
    using file = RoundFile.create(path, 42);
    for (const round of rounds) file.write(round);
  }
  const bytes = Deno.readFileSync(path);
  deepEqual(readRounds(bytes), { boot: 42, rounds });
  // Cut off anywhere, as a crash leaves it: whole rounds only.
  equal(readRounds(bytes.slice(0, -1)).rounds.length, 1);
});

Deno.test("another file is refused", () => {
  throws(() => readRounds(new Uint8Array(100)), /Cannot replay/);
});
