/** TypeScript's layout of the records is the one the compiled objects have, on both machines. */
import assert from "node:assert/strict";
import * as checkedIn from "../src/capture/layout.gen.ts";
import { layoutOf, objectsFor } from "../scripts/gen_layout.ts";

for (const machine of ["x86_64", "aarch64"]) {
  Deno.test(`the layout of the ${machine} objects is the one in the source`, async () => {
    const source = await layoutOf(objectsFor(machine));
    const module = await import(`data:application/typescript,${encodeURIComponent(source)}`);
    assert.deepEqual({ ...module }, { ...checkedIn });
  });
}
