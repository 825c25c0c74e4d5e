/** Any bytes, and messages and memory without bounds. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Direction } from "../stream_record.ts";
import { run, type Step } from "./testdata/run.ts";
import { deflated, frame, NO_TAKEOVER, TAKEOVER } from "./testdata/wire.ts";

Deno.test("websocket: any bytes: no exception, bounded, nothing kept", () => {
  const step = fc.oneof(
    fc.tuple(fc.constantFrom<Direction>("send", "recv"), fc.uint8Array({ minLength: 1, maxLength: 400 })),
    fc.tuple(fc.constantFrom<Direction>("send", "recv"), fc.integer({ min: 1, max: 1 << 20 })),
    fc.tuple(
      fc.constantFrom<Direction>("send", "recv"),
      fc.record({
        payload: fc.uint8Array({ maxLength: 300 }),
        opcode: fc.nat(15),
        fin: fc.boolean(),
        rsv: fc.constantFrom(0, 0x40, 0x70),
        masked: fc.boolean(),
      }).map(({ payload, ...options }) => frame(payload, options)),
    ),
  );
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 20 }),
      fc.constantFrom(TAKEOVER, NO_TAKEOVER, 'permessage-deflate;;=;",', ""),
      fc.constantFrom(8 << 20, 1_000),
      (steps, extensions, memory) => {
        const { seen, peak } = run(steps, { extensions, memory, limit: 500 });
        assert.ok(peak <= memory);
        assert.equal(seen.indexOf("end"), seen.length - 1);
      },
    ),
    { numRuns: 1_000 },
  );
});

Deno.test("websocket: a message ends at the limit, and the next one is read", async () => {
  const [bomb] = await deflated(["\0".repeat(3 << 20)]);
  const plain = frame("x".repeat(2_000));
  const [small] = await deflated(["small"]);
  const { seen, losses } = run([
    ["recv", frame(bomb!, { rsv: 0x40 })],
    ["recv", frame(small!, { rsv: 0x40 })],
    ["recv", plain],
    ["recv", frame("a")],
  ], { extensions: TAKEOVER, limit: 1_000 });
  assert.deepEqual(seen.map((line) => `${line.slice(0, 9)} ${line.length}`), [
    ...['server ?" 6010', 'server "s 14', 'server ?" 1010', 'server "a 10', "end 3"],
  ]);
  assert.deepEqual(losses, ["websocket too-large: 2 events"]);
});

Deno.test("websocket: memory that is not there is not used", async () => {
  const [payload] = await deflated(["deflated"]);
  const steps: Step[] = [["recv", frame(payload!, { rsv: 0x40 })], ["recv", frame("a")]];
  const { seen, peak } = run(steps, { extensions: TAKEOVER, memory: 1_000 });
  assert.deepEqual(seen, ['server ?""', 'server "a"', "end"]);
  assert.ok(peak <= 1_000);
});
