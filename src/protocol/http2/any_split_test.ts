/** However bytes are cut into records, calls and threads' turns: the same exchanges. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { busy } from "./testdata/busy.ts";
import { type Call, recv, send, type Told, told } from "./testdata/conversation.ts";
import { data, Headers, PREFACE, settings } from "./testdata/frames.ts";

Deno.test("http/2: two streams, at every split point", () => {
  const [client, server] = [new Headers(), new Headers()];
  const ask = (id: number) => client.frames(id, { ":method": "POST", ":path": `/${id}`, ":authority": "h" });
  const answer = (id: number) => server.frames(id, { ":status": "200", "x-id": `${id}` });
  const calls = [
    send(PREFACE, settings(), ask(1), ask(3), data(3, "cc"), data(1, "aa", { end: true, padding: 2 })),
    recv(settings(), answer(3), data(3, "zz"), answer(1)),
    send(data(3, "dd", { end: true })),
    recv(data(1, "xx", { end: true }), data(3, "!", { end: true })),
  ];
  const whole = told(calls);
  assert.deepEqual(whole.seen.map(({ sent, received }) => [sent, received]), [["aa", "xx"], ["ccdd", "zz!"]]);
  assert.deepEqual(whole.losses, []);
  calls.forEach(({ bytes, dir }, i) => {
    for (let at = 1; at < bytes.length; at++) {
      const pieces = [{ dir, bytes: bytes.subarray(0, at) }, { dir, bytes: bytes.subarray(at) }];
      // Two records of one call, and two calls.
      assert.deepEqual(
        told([...calls.slice(0, i), { dir, bytes }, ...calls.slice(i + 1)], { sizes: [at, 1 << 20] }),
        whole,
      );
      assert.deepEqual(
        withoutThreads(told([...calls.slice(0, i), ...pieces, ...calls.slice(i + 1)])),
        withoutThreads(whole),
      );
    }
  });
});

Deno.test("property: records and calls of any size", () => {
  const { calls } = busy();
  const whole = told(calls);
  assert.equal(whole.seen.length, 24);
  assert.deepEqual(whole.losses, []);
  const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(sizes, sizes, (records, cuts) => {
      assert.deepEqual(told(calls, { sizes: records }), whole);
      assert.deepEqual(withoutThreads(told(cut(calls, cuts), { sizes: records })), withoutThreads(whole));
    }),
    { numRuns: 60 },
  );
});

/** Every call becomes several. */
function cut(calls: readonly Call[], sizes: readonly number[]): Call[] {
  let count = 0;
  return calls.flatMap(({ dir, bytes }) => {
    const pieces: Call[] = [];
    for (let from = 0; from < bytes.length;) {
      const to = from + sizes[count++ % sizes.length]!;
      pieces.push({ dir, bytes: bytes.subarray(from, to) });
      from = to;
    }
    return pieces;
  });
}

function withoutThreads({ seen, losses, spoken }: Told) {
  return { seen: seen.map(({ tid: _, ...rest }) => rest), losses, spoken };
}
