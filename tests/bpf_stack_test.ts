/** Programs fit the stack of the oldest kernels. The newest give each function its own, and would not complain. */
import assert from "node:assert/strict";
import { objectsFor } from "../scripts/gen_layout.ts";
import { deepestChains, STACK_BYTES } from "./support/bpf_stack.ts";

for (const machine of ["x86_64", "aarch64"]) {
  for (const object of objectsFor(machine)) {
    Deno.test(`every chain of calls of ${object.slice(object.lastIndexOf("/") + 1)} fits ${STACK_BYTES} bytes`, () => {
      const chains = deepestChains(object);
      assert.ok(chains.length > 0);
      assert.deepEqual(chains.filter(({ bytes }) => bytes > STACK_BYTES), []);
    });
  }
}
