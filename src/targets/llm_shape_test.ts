import { equal } from "node:assert/strict";
import { llmShape, needle } from "../capture/layout.gen.ts";
import { llmShapeBytes } from "./llm_shape.ts";

/** What bpf/tls/discover.bpf.h does with the table. */
function isLlmShaped(text: string): boolean {
  const bytes = new TextEncoder().encode(text).subarray(0, 512);
  const shape = llmShapeBytes();
  const view = new DataView(shape.buffer);
  const u64 = (at: number) => view.getBigUint64(at, true);
  let [high, low, seen] = [0n, 0n, 0n];
  const full = 0xffff_ffff_ffff_ffffn;
  for (const byte of bytes) {
    high = (high << 8n | low >> 56n) & full;
    low = (low << 8n | BigInt(byte)) & full;
    for (let at = llmShape.needle; at + needle.size <= llmShape.size; at += needle.size) {
      const hit = (high & u64(at + needle.mask)) === u64(at + needle.text) &&
        (low & u64(at + needle.mask + 8)) === u64(at + needle.text + 8);
      if (hit) seen |= u64(at + needle.means);
    }
  }
  return [0, 1, 2, 3].some((i) => {
    const rule = u64(llmShape.rule + i * 8);
    return rule !== 0n && (seen & rule) === rule;
  });
}

for (
  const [shaped, request] of [
    [true, "POST /v1/messages?beta=true HTTP/1.1\r\nHost: gateway.internal\r\n\r\n"],
    [true, "POST /openai/deployments/x/chat/completions?api-version=1 HTTP/1.1\r\n\r\n"],
    [true, "POST /v1/responses HTTP/1.1\r\n\r\n"],
    [true, "POST /v1/completions HTTP/1.1\r\n\r\n"],
    [true, "POST /openai/deployments/x/completions?api-version=1 HTTP/1.1\r\n\r\n"],
    [true, "POST /completion HTTP/1.1\r\nHost: localhost:8080\r\n\r\n"],
    [true, "POST /api/generate HTTP/1.1\r\nHost: localhost:11434\r\n\r\n"],
    [false, "POST /search/completions HTTP/1.1\r\n\r\n"],
    [true, "POST /v1beta/models/gemini-2:streamGenerateContent?alt=sse HTTP/1.1\r\n\r\n"],
    [true, "POST /v1beta/interactions HTTP/1.1\r\n\r\n"],
    [true, "POST /model/us.anthropic.claude-opus-5-5-v1%3A0/invoke HTTP/1.1\r\n\r\n"],
    [true, "POST /model/amazon.nova-pro-v1%3A0/invoke-with-response-stream HTTP/1.1\r\n\r\n"],
    [true, "POST /model/amazon.nova-pro-v1%3A0/converse HTTP/1.1\r\n\r\n"],
    [true, "POST /v1/projects/p/locations/l/publishers/anthropic/models/m:streamRawPredict HTTP/1.1\r\n\r\n"],
    [
      false,
      "POST /2015-03-31/functions/f/invocations HTTP/1.1\r\nHost: lambda.us-east-1.amazonaws.com\r\n\r\n",
    ],
    [true, "POST /api/chat HTTP/1.1\r\nHost: localhost:11434\r\n\r\n"],
    [true, 'POST /ask HTTP/1.1\r\nHost: x\r\n\r\n{"model":"m","messages":[]}'],
    [true, "GET /v1/models HTTP/1.1\r\nHost: api.openai.com\r\n\r\n"],
    [false, "POST /api/chat.postMessage HTTP/1.1\r\nHost: slack.com\r\n\r\n"],
    [false, "POST /api/v10/channels/1/messages HTTP/1.1\r\nHost: discord.com\r\n\r\n"],
    [false, "GET /v1/messages HTTP/1.1\r\n\r\n"],
    [false, 'POST /cars HTTP/1.1\r\n\r\n{"model":"T"}'],
    [false, `POST /form HTTP/1.1\r\nX: ${"a".repeat(600)}\r\n\r\n{"model":"m","messages":[]}`],
  ] as const
) {
  Deno.test(`${shaped ? "an LLM" : "another"} request: ${request.slice(0, 40)}`, () => {
    equal(isLlmShaped(request), shaped);
  });
}
