import { equal } from "node:assert/strict";
import { actor, follow, type Pipe, records, rpc, type Said } from "./testdata/talk.ts";

Deno.test("stdio: streams that wait for each other are told one after the other, however many", () => {
  const self = actor(10, "self");
  const count = 40;
  const pipes: Pipe[] = Array.from(
    { length: count + 1 },
    (_, conn) => ({ conn, writer: self, reader: self }),
  );
  // Each stream begins with the answer to the last request of the one before.
  const said: Said[] = Array.from({ length: count }, (_, i) => ({
    on: i + 1,
    lines: [
      rpc({ id: i, result: {} }),
      ...Array.from({ length: 250 }, (_, n) => rpc({ id: `${i}-${n}`, method: "ping" })),
      rpc({ id: i + 1, method: "tools/list" }),
    ],
  }));
  said.push({ on: 0, lines: [rpc({ id: 0, method: "tools/list" })] });
  equal(follow(records(said, { pipes })).drafts.length, count * 252 + 1);
});
