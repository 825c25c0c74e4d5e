/** Secrets as they are met, and a test for every event that one must not leave. */
import assert from "node:assert/strict";
import type { Draft } from "../../event.ts";
import { Redactor } from "../redactor.ts";
import { call } from "./drafts.ts";
import { fill } from "./examples.ts";

/** What happens, the event, what must be gone, and some of what must stay. */
export type Leak = readonly [name: string, draft: Draft, gone: string, stays: string];

export const OPENAI = `sk-proj-${fill("word", 100)}`;
export const ANTHROPIC = `sk-ant-api03-${fill("word", 93)}AA`;
export const GITHUB = `ghp_${fill("alnum", 36)}`;
export const AWS_ID = `AKIA${fill("upper", 16)}`;
export const AWS = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzQ3mKp9A2b";
export const OPAQUE = fill("alnum", 32, 7);
export const HEX = fill("hex", 32, 3);
export const PASSWORD = "hunter2!";
export const JWT = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${fill("word", 43)}`;
export const PEM_LINES = [fill("base64", 64, 1), fill("base64", 64, 2), fill("base64", 30, 3)];
export const pem = (type: string, joint: string) =>
  [`-----BEGIN ${type}-----`, ...PEM_LINES, `-----END ${type}-----`, ""].join(joint);

export function toolResult(response: unknown): Draft {
  const draft = call("x");
  const messages = [{ role: "tool", parts: [{ type: "tool_call_response" as const, id: "t1", response }] }];
  return { ...draft, request: { ...draft.request, messages } };
}

export function failed(message: string): Draft {
  return { ...call("x"), error: { type: "invalid_request_error", message } };
}

/** JSON text as it stands in the JSON text of a tool's arguments, so many times over. */
export function nested(value: unknown, levels: number): string {
  let text = JSON.stringify(value);
  for (let i = 1; i < levels; i++) text = JSON.stringify({ body: text });
  return text;
}

export const unicode = escaper("\\u", 4);
export const percent = escaper("%", 2);

/** Everything but letters and digits as its code in hex, of an ASCII text. */
function escaper(prefix: string, digits: number): (text: string) => string {
  return (text) =>
    text.replace(/[^a-z0-9]/gi, (c) => prefix + c.charCodeAt(0).toString(16).padStart(digits, "0"));
}

export function testLeaks(leaks: readonly Leak[]): void {
  for (const [name, draft, gone, stays] of leaks) {
    Deno.test(`no leak: ${name}`, async () => {
      const text = JSON.stringify(await new Redactor({ level: "redacted" }).redact([draft]));
      const escaped = JSON.stringify(gone).slice(1, -1);
      assert.ok(!text.includes(escaped), text);
      assert.ok(text.includes(stays), text);
      assert.ok(text.includes("[redacted:"), text);
    });
  }
}
