/** Connections joined in the middle, and with holes: less is seen, and nothing wrong. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { UNKNOWN_METHOD } from "../exchange.ts";
import { busy } from "./testdata/busy.ts";
import { type Call, gap, line, recv, type Seen, send, told } from "./testdata/conversation.ts";
import { data, Headers, ping, settings, window } from "./testdata/frames.ts";

const { calls, frames } = busy();
const truth = told(calls).seen;

/** There is an exchange of which this is a part. */
function assertNothingWrong(seen: readonly Seen[]): void {
  for (const one of seen) assert.ok(truth.some((whole) => isPart(one, whole)), JSON.stringify(one));
}

function isPart(one: Seen, whole: Seen): boolean {
  const agrees = (some: Record<string, string>, all: Record<string, string>) =>
    Object.entries(some).every(([name, value]) => all[name] === value);
  return [whole.method, UNKNOWN_METHOD].includes(one.method) && [whole.target, ""].includes(one.target) &&
    [whole.status, null, 0].includes(one.status) && agrees(one.headers, whole.headers) &&
    agrees(one.answerHeaders, whole.answerHeaders) && isLeft(one.sent, whole.sent) &&
    isLeft(one.received, whole.received);
}

/** What is left of a body, with `?n` for what is missing. */
function isLeft(left: string, body: string): boolean {
  const parts = left.split(/\?\d+/).map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join(".*")}`).test(body);
}

/** What is left of the calls from byte `at` of call `from` on. */
function rest(from: number, at: number): Call[] {
  const { dir, bytes } = calls[from]!;
  return [{ dir, bytes: bytes.subarray(at) }, ...calls.slice(from + 1)].filter(({ bytes }) =>
    bytes.length > 0
  );
}

Deno.test("http/2: joined at every frame", () => {
  frames.forEach((starts, from) => {
    for (const at of starts) {
      const { seen } = told(rest(from, at), { fromStart: false });
      assertNothingWrong(seen);
      // Whoever asks from here on is seen, with all that was said from here on.
      const askedLater = asked().filter(({ call, offset }) => call > from || (call === from && offset >= at));
      const whole = seen.map(({ sent, received, incomplete }) => [sent, received, incomplete]);
      const expected = truth.filter(({ headers }) => askedLater.some(({ id }) => headers["x-id"] === id))
        .map(({ sent, received, incomplete }) => [sent, received, incomplete]);
      assert.deepEqual(whole, expected, `from call ${from}, byte ${at}`);
    }
  });
});

/** Where each request begins. */
function asked(): { id: string; call: number; offset: number }[] {
  const HEADERS = 1;
  return calls.flatMap(({ dir, bytes }, call) =>
    (dir === "send" ? frames[call]! : []).filter((offset) => bytes[offset + 3] === HEADERS && call > 0)
      .map((offset) => ({ id: `${bytes[offset + 7]! << 8 | bytes[offset + 8]!}`, call, offset }))
  );
}

Deno.test("http/2: joined at every byte, as if a call began there", () => {
  // One of the rounds before the tables run over, and one after.
  [...calls.slice(20, 29), ...calls.slice(47, 56)].forEach((call) => {
    const from = calls.indexOf(call);
    const { bytes } = call;
    for (let at = 0; at < bytes.length; at++) {
      assertNothingWrong(told(rest(from, at).slice(0, 30), { fromStart: false, sizes: [97] }).seen);
    }
  });
});

Deno.test("property: joined anywhere and with holes, in pieces of any size", () => {
  const hole = fc.record({
    call: fc.nat(calls.length - 1),
    at: fc.nat(400),
    count: fc.integer({ min: 1, max: 300 }),
  });
  const sizes = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(
      fc.array(hole, { maxLength: 5 }),
      fc.boolean(),
      fc.nat(calls.length - 1),
      sizes,
      (holes, fromStart, from, sizes) => {
        const list = calls.slice(fromStart ? 0 : from).flatMap((call, i): Call[] => {
          const { dir, bytes } = call;
          const one = holes.find((candidate) => candidate.call === i && candidate.at < bytes.length);
          if (!one) return [call];
          const missing = Math.min(one.count, bytes.length - one.at);
          // The call goes on behind the hole, which is no start of a call.
          return [{ dir, bytes: bytes.subarray(0, one.at) }, gap(dir, missing), {
            dir,
            bytes: bytes.subarray(one.at + missing),
            continues: true,
          }];
        });
        const { seen } = told(list, { fromStart, sizes });
        assertNothingWrong(seen);
        const whole = ({ sent, received }: Seen) => `${sent}|${received}`;
        const known = new Set(truth.map(whole));
        for (const one of seen) {
          if (one.incomplete === "" && one.gaps === 0) assert.ok(known.has(whole(one)), line(one));
        }
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("http/2: what is not known of a head is left out", () => {
  const client = new Headers();
  const server = new Headers();
  const fields = {
    ":method": "PATCH",
    ":scheme": "https",
    ":path": "/secret",
    ":authority": "h",
    "x-a": "1",
  };
  client.frames(1, fields);
  server.frames(1, { ":status": "201", "x-b": "1" });
  const { seen, losses, spoken } = told([
    send(client.frames(3, { ...fields, "x-a": "2" }), data(3, "q", { end: true })),
    recv(server.frames(3, { ":status": "201", "x-b": "2" }), data(3, "a", { end: true })),
  ], { fromStart: false });
  assert.deepEqual(seen.map(line), ["?  0 q|a"]);
  // The name is older than we are; the value came with us.
  assert.deepEqual([seen[0]!.headers, seen[0]!.answerHeaders], [{}, {}]);
  assert.deepEqual([losses, spoken], [[], ["http2"]]);
});

Deno.test("http/2: one frame that could be chance is not believed, two are", () => {
  const cases: [name: string, calls: Call[], spoken: string[]][] = [
    ["one frame", [send(ping())], []],
    ["two frames", [send(ping(), window(1))], ["http2"]],
    ["one of each direction", [send(ping()), recv(settings())], ["http2"]],
    ["a frame and no frame", [send(ping(), data(0, ""))], ["unknown"]],
    ["text", [send(new TextEncoder().encode("data: x\n\n")), recv(ping())], ["unknown"]],
    ["zeros", [send(new Uint8Array(500))], ["unknown"]],
  ];
  for (const [name, list, spoken] of cases) {
    for (const size of [1, 1_000]) {
      assert.deepEqual(told(list, { fromStart: false, sizes: [size] }).spoken, spoken, name);
    }
  }
});
