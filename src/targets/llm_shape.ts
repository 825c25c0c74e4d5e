/**
 * What a request to a language model looks like in its first 512 bytes, whatever the host: the table the kernel
 * searches with (bpf/tls/discover.bpf.h). A needle is at most 16 bytes; a rule names the needles that must all occur.
 */
import { llmShape, needle } from "../capture/layout.gen.ts";

const Means = { post: 1, path: 2, model: 4, messages: 8, header: 16, models: 32 } as const;

/** Paths end in a space or '?' where a shorter text would also match other services (Slack's /api/chat.postMessage). */
const needles: readonly (readonly [text: string, means: number])[] = [
  ["POST /", Means.post],
  ["/v1/messages", Means.path],
  ["/chat/completion", Means.path],
  ["/v1/completions", Means.path],
  // llama.cpp's own; Azure names the deployment before it and the version behind.
  ["/completion HTTP", Means.path],
  ["/completions?api", Means.path],
  ["/v1/responses", Means.path],
  ["/responses HTTP/", Means.path],
  ["enerateContent", Means.path],
  ["/api/chat HTTP/", Means.path],
  ["/api/generate HT", Means.path],
  ["/converse HTTP/", Means.path],
  ["/converse-stream", Means.path],
  ["/invoke HTTP/1.1", Means.path],
  ["/invoke-with-res", Means.path],
  ["/publishers/anth", Means.path],
  ["/v1beta/interact", Means.path],
  ["nthropic-version", Means.header],
  // An agent that asks for the models first often goes on with the same connection.
  ["GET /v1/models", Means.models],
  ['"model":', Means.model],
  ['"messages":', Means.messages],
  ['"input":', Means.messages],
  ['"contents":', Means.messages],
  ['"max_tokens":', Means.messages],
];

const rules: readonly number[] = [
  Means.post | Means.path,
  Means.post | Means.header,
  Means.post | Means.model | Means.messages,
  Means.models,
];

/** The value of the kernel's `llm_shape` map. */
export function llmShapeBytes(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(llmShape.size);
  const view = new DataView(bytes.buffer);
  rules.forEach((rule, i) => view.setBigUint64(llmShape.rule + i * 8, BigInt(rule), true));
  needles.forEach(([text, means], i) => {
    const at = llmShape.needle + i * needle.size;
    let value = 0n;
    let mask = 0n;
    for (const byte of new TextEncoder().encode(text)) {
      value = value << 8n | BigInt(byte);
      mask = mask << 8n | 0xffn;
    }
    const low = 0xffff_ffff_ffff_ffffn;
    view.setBigUint64(at + needle.text, value >> 64n, true);
    view.setBigUint64(at + needle.text + 8, value & low, true);
    view.setBigUint64(at + needle.mask, mask >> 64n, true);
    view.setBigUint64(at + needle.mask + 8, mask & low, true);
    view.setBigUint64(at + needle.means, BigInt(means), true);
  });
  return bytes;
}
