/** Gemini as Code Assist wraps it for the Gemini CLI. */
import { ASK, COST, COUNTS, last, response, USAGE } from "../gemini.ts";
import { calls, NO_USAGE, type Transcript } from "../transcript.ts";
import { json, post, sse } from "../wire.ts";

const HOST = { host: "cloudcode-pa.googleapis.com" };
const STREAM = "/v1internal:streamGenerateContent?alt=sse";
const SESSION = "0b7c1a52-9d1e-4c3f-8a55-3f2d9f1e7c10";
const WRAPPED = {
  model: "gemini-2.5-pro",
  project: "p-1",
  user_prompt_id: `${SESSION}########0`,
  request: { ...ASK, session_id: SESSION },
};
const call = calls({
  api: "gemini.generate",
  provider: "gcp.gen_ai",
  model: "gemini-2.5-pro",
  usage: USAGE,
  conversation: SESSION,
});

function wrapped(response: unknown): unknown {
  return { response, traceId: "t-1", consumedCredits: [], remainingCredits: [] };
}

export const cases: readonly Transcript[] = [
  {
    name: "streamed, then a tool's result with the client's own id",
    turns: [
      post(STREAM, WRAPPED, HOST),
      sse([
        wrapped(response([{ text: "Ge" }])),
        wrapped(response([{ text: "rne" }])),
        wrapped(last({ functionCall: { name: "ls", args: { dir: "." } }, thoughtSignature: "c2ln" })),
      ]),
      post(STREAM, {
        ...WRAPPED,
        request: {
          ...WRAPPED.request,
          contents: [
            ...ASK.contents,
            {
              role: "model",
              parts: [{ text: "Ge" }, { text: "rne" }, { functionCall: { name: "ls", args: { dir: "." } } }],
            },
            {
              role: "user",
              parts: [{ functionResponse: { id: "ls-1-a", name: "ls", response: { output: "x" } } }],
            },
          ],
        },
      }, HOST),
      sse([wrapped(last({ text: "fertig" }))]),
    ],
    expected: [
      call({
        cost_usd: COST,
        request: { system: [{ type: "text", content: "Be brief." }], max_tokens: 99 },
        response: { id: "resp_1", text: "Gerne", stop_reason: "STOP" },
      }),
      { kind: "tool.call", id: "1-1.0", name: "ls", input: { dir: "." } },
      { kind: "tool.result", id: "1-1.0", name: "ls", is_error: false, bytes: 14 },
      call({ continues: "1-1", appended: 1, response: { text: "fertig" } }),
    ],
  },
  {
    name: "plain; errors; what is no call",
    turns: [
      post("/v1internal:loadCodeAssist", { metadata: {} }, HOST),
      json({ currentTier: { id: "free" } }),
      post(
        "/v1internal:countTokens",
        { request: { model: "models/gemini-2.5-pro", contents: ASK.contents } },
        HOST,
      ),
      json({ totalTokens: 3 }),
      post("/v1internal:generateContent", WRAPPED, HOST),
      json(wrapped(last({ text: "Hi" }))),
      post(STREAM, { ...WRAPPED, user_prompt_id: "2" }, HOST),
      json([{ error: { code: 403, message: "No", status: "PERMISSION_DENIED" } }], 403),
    ],
    expected: [
      call({ streaming: false, usage_raw: COUNTS, response: { text: "Hi" } }),
      call({ usage: NO_USAGE, error: { type: "PERMISSION_DENIED", message: "No" }, response: { parts: [] } }),
    ],
  },
];
