/** Anthropic Messages: counts, cost, errors and ids. */
import { ASK, START, stop, text, USAGE } from "../anthropic.ts";
import { calls, NO_USAGE, type Transcript } from "../transcript.ts";
import { chunked, json, post, sse } from "../wire.ts";

const PATH = "/v1/messages";
const SMALL = { model: ASK.model, max_tokens: 9, stream: true, messages: [{ role: "user", content: "q" }] };
const OK = sse([START, ...text(0, "x"), ...stop("end_turn", 20)]);
const call = calls({
  api: "anthropic.messages",
  provider: "anthropic",
  model: "claude-opus-5-5",
  usage: USAGE,
});
const SESSION = "0b7c1a52-9d1e-4c3f-8a55-3f2d9f1e7c10";
const OVERLOADED = { type: "overloaded_error", message: "Overloaded" };

function said(user_id: unknown): Transcript["turns"] {
  return [post(PATH, { ...SMALL, metadata: { user_id } }), OK];
}

export const cases: readonly Transcript[] = [
  {
    name: "short and long cache writes, counted again at the end",
    turns: [
      post(PATH, SMALL, { host: "api.anthropic.com" }),
      sse([
        {
          ...START,
          message: {
            ...START.message,
            usage: {
              input_tokens: 3,
              cache_read_input_tokens: 100,
              cache_creation_input_tokens: 30,
              cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
              output_tokens: 1,
              service_tier: "standard",
            },
          },
        },
        ...text(0, "x"),
        {
          type: "message_delta",
          delta: { stop_reason: "end_turn" },
          usage: {
            input_tokens: 5,
            cache_read_input_tokens: 100,
            cache_creation_input_tokens: null,
            output_tokens: 20,
            output_tokens_details: { thinking_tokens: 7 },
            server_tool_use: { web_search_requests: 2 },
          },
        },
        { type: "message_stop" },
      ], { headers: { "request-id": "req_1" } }),
    ],
    expected: [call({
      operation: "chat",
      request_id: "req_1",
      usage: {
        input_tokens: 135,
        output_tokens: 20,
        cache_read_tokens: 100,
        cache_write_tokens: 30,
        reasoning_tokens: 7,
      },
      // USD a million: 5 plain at 4, 100 read at 0.2, 10 at 5, 20 at 8, 20 out at 20; 2 searches at 10 a thousand.
      cost_usd: (5 * 4 + 100 * 0.2 + 10 * 5 + 20 * 8 + 20 * 20) / 1e6 + 2 * 10 / 1e3,
      response: { text: "x" },
    })],
  },
  {
    name: "overloaded, then tried again",
    turns: [
      post(PATH, SMALL),
      json({ type: "error", error: OVERLOADED, request_id: "req_2" }, 529, { "request-id": "req_2" }),
      post(PATH, SMALL, { "x-stainless-retry-count": "1" }),
      OK,
    ],
    expected: [
      call({
        streaming: false,
        error: OVERLOADED,
        usage: NO_USAGE,
        cost_usd: null,
        request_id: "req_2",
        response: { parts: [] },
      }),
      call({ retry_of: "1-1", response: { text: "x" } }),
    ],
  },
  {
    name: "overloaded in the middle of the stream",
    turns: [post(PATH, SMALL), sse([START, ...text(0, "par"), { type: "error", error: OVERLOADED }])],
    expected: [call({ error: OVERLOADED, usage: { ...USAGE, output_tokens: 1 }, response: { text: "par" } })],
  },
  {
    name: "a gateway's page and an empty answer are errors of the call",
    turns: [
      post(PATH, SMALL),
      chunked(["<html>", "bad gateway"], { status: 502, headers: { "content-type": "text/html" } }),
      post(PATH, SMALL),
      json("", 429, { "x-request-id": "r" }),
    ],
    expected: [
      call({
        streaming: false,
        error: { type: "502", message: "<html>bad gateway" },
        usage: NO_USAGE,
        response: { parts: [] },
      }),
      call({
        streaming: false,
        error: { type: "429", message: "" },
        usage: NO_USAGE,
        request_id: "r",
        retry_of: "1-1",
        response: { parts: [] },
      }),
    ],
  },
  {
    name: "a stream that breaks off keeps what was there",
    turns: [post(PATH, SMALL), sse([START, ...text(0, "half")], { cut: true })],
    expected: [call({ complete: false, usage: { ...USAGE, output_tokens: 1 }, response: { text: "half" } })],
  },
  {
    name: "the session as Claude Code 2.1 writes it",
    turns: said(JSON.stringify({ device_id: "d", account_uuid: "", session_id: SESSION })),
    expected: [call({ conversation: SESSION, response: { text: "x" } })],
  },
  {
    name: "the session as older versions of Claude Code wrote it",
    turns: said(`user_${"0a".repeat(32)}_account__session_${SESSION}`),
    expected: [call({ conversation: SESSION, response: { text: "x" } })],
  },
  {
    name: "a user is no conversation",
    turns: said("user_session_7"),
    expected: [call({ conversation: null, response: { text: "x" } })],
  },
  {
    name: "counting tokens and batches are not calls",
    turns: [
      post("/v1/messages/count_tokens?beta=true", SMALL),
      json({ input_tokens: 5 }),
      post("/v1/messages/batches", { requests: [{ custom_id: "a", params: SMALL }] }),
      json({ id: "msgbatch_1", type: "message_batch", processing_status: "in_progress" }),
    ],
    expected: [],
  },
];
