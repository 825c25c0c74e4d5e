import { equal } from "node:assert/strict";
import { bytes, dollars, duration, plural } from "./format.ts";

Deno.test("numbers as people read them", () => {
  equal(dollars(null), "unpriced");
  equal(dollars(0), "$0");
  equal(dollars(0.000052), "$0.000052");
  equal(dollars(0.0144936), "$0.0145");
  equal(dollars(12.3456), "$12.35");
  equal(duration(12.4), "12 ms");
  equal(duration(1400), "1.4 s");
  equal(duration(125_000), "2 min 5 s");
  equal(bytes(1023), "1023 B");
  equal(bytes(8 << 20), "8.0 MiB");
  equal(plural(1, "call"), "1 call");
  equal(plural(1200, "process"), "1,200 processes");
});
