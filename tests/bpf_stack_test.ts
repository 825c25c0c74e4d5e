/** Programs fit the stack of the oldest kernels. The newest give each function its own, and would not complain. */
import assert from "node:assert/strict";
import { deepestChains, STACK_BYTES } from "./support/bpf_stack.ts";

const directory = new URL("../dist/bpf/", import.meta.url).pathname;

for (const { name } of Deno.readDirSync(directory)) {
  Deno.test(`every chain of calls of ${name} fits ${STACK_BYTES} bytes`, () => {
    const chains = deepestChains(directory + name);
    assert.ok(chains.length > 0);
    assert.deepEqual(chains.filter(({ bytes }) => bytes > STACK_BYTES), []);
  });
}
