/** Connections of real clients and servers, heard in between, against what each of them sent. */
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { type Call, type Seen, told } from "./testdata/conversation.ts";
import { traffic, type Truth } from "./testdata/real_traffic.ts";

Deno.test("http/2: Node", () => {
  const file = gunzipSync(Deno.readFileSync(new URL("testdata/node.json.gz", import.meta.url)));
  const { truth, calls } = JSON.parse(new TextDecoder().decode(file)) as {
    truth: Truth[];
    calls: [Call["dir"], string][];
  };
  const heard = calls.map(([dir, base64]) => ({ dir, bytes: Uint8Array.fromBase64(base64) }));
  assertTold(heard, truth);
  assertJoined(heard, truth);
});

Deno.test("http/2: this Deno", async () => {
  const { heard, truth } = await traffic();
  assertTold(heard, truth);
  assertJoined(heard, truth);
});

function assertTold(heard: readonly Call[], truth: readonly Truth[]): void {
  for (const sizes of [[1 << 20], [1], [7, 100, 16]]) {
    const { seen, losses, spoken } = told(heard, { sizes });
    assert.deepEqual(losses, []);
    assert.deepEqual(spoken, ["http2"]);
    assert.deepEqual(seen.toSorted((a, b) => a.index - b.index).map(truthOf), truth);
    for (const { incomplete, gaps, headers } of seen) {
      assert.deepEqual([incomplete, gaps, headers.cookie], ["", 0, "a=1; b=2"]);
    }
  }
}

/** Joined at every call: whoever asks later is seen with the right bodies, and with no wrong field. */
function assertJoined(heard: readonly Call[], truth: readonly Truth[]): void {
  for (let from = 1; from < heard.length; from++) {
    const { seen } = told(heard.slice(from), { fromStart: false });
    for (const one of seen) {
      const { path, sent, received, status, requestId } = truthOf(one);
      const whole = truth.find((some) => some.sent === sent && some.received === received);
      assert.ok(whole, `joined at call ${from}`);
      assert.ok([whole.path, ""].includes(path) && [whole.status, 0].includes(status));
      assert.ok([whole.requestId, undefined].includes(requestId));
    }
  }
}

function truthOf({ target, sent, received, status, answerHeaders }: Seen): Truth {
  const requestId = answerHeaders["x-request-id"]!;
  return { path: target, sent: utf8(sent), received: utf8(received), status: status ?? 0, requestId };
}

function utf8(bytes: string): string {
  return new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
}
