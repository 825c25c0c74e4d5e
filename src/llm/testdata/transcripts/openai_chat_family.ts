/** The services that speak Chat Completions, each with its own words. */
import { reference } from "../../media.ts";
import { ASK, chunk, COUNTS, fragment, LAST, USAGE, whole } from "../openai_chat.ts";
import { calls, NO_USAGE, type Transcript } from "../transcript.ts";
import { json, post, sse } from "../wire.ts";

const call = calls({ api: "openai.chat", provider: "openai", model: "gpt-4o", usage: USAGE });

function of(model: string, events: readonly unknown[]): unknown[] {
  return events.map((event) => typeof event === "string" ? event : { ...event as object, model });
}

export const cases: readonly Transcript[] = [
  {
    name: "Mistral: thinking among the content, whole tool calls, usage without asking",
    turns: [
      post("/v1/chat/completions", ASK, { host: "api.mistral.ai" }),
      sse(of("magistral-medium", [
        chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "h" }] }] }),
        chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "m" }] }] }),
        chunk({ content: [{ type: "text", text: "A" }] }),
        chunk({ content: "B" }),
        {
          ...chunk({
            tool_calls: [
              { id: "t1", function: { name: "sh", arguments: '{"c":1}' } },
              { id: "t2", function: { name: "sh", arguments: { c: 2 } } },
            ],
          }, "tool_calls"),
          usage: COUNTS,
        },
        "[DONE]",
      ])),
    ],
    expected: [
      call({
        provider: "mistral_ai",
        model: "magistral-medium",
        response: {
          parts: [
            { type: "reasoning", content: "hm" },
            { type: "text", content: "AB" },
            { type: "tool_call", id: "t1", name: "sh", arguments: { c: 1 } },
            { type: "tool_call", id: "t2", name: "sh", arguments: { c: 2 } },
          ],
        },
      }),
      { kind: "tool.call", id: "t1", name: "sh", input: { c: 1 } },
      { kind: "tool.call", id: "t2", name: "sh", input: { c: 2 } },
    ],
  },
  {
    name: "DeepSeek: reasoning first, hits of its cache",
    turns: [
      post("/chat/completions", ASK, { host: "api.deepseek.com" }),
      sse(of("deepseek-chat", [
        chunk({ role: "assistant", content: null, reasoning_content: "" }),
        chunk({ content: null, reasoning_content: "h" }),
        chunk({ content: null, reasoning_content: "m" }),
        chunk({ content: "A", reasoning_content: null }),
        {
          ...chunk({ content: "B", reasoning_content: null }, "stop"),
          usage: {
            prompt_tokens: 10,
            completion_tokens: 4,
            total_tokens: 14,
            prompt_cache_hit_tokens: 5,
            prompt_cache_miss_tokens: 5,
            completion_tokens_details: { reasoning_tokens: 2 },
          },
        },
        "[DONE]",
      ])),
    ],
    expected: [call({
      provider: "deepseek",
      model: "deepseek-chat",
      // USD a million: 0.27 plain, 0.07 cached, 1.1 out.
      cost_usd: (5 * 0.27 + 5 * 0.07 + 4 * 1.1) / 1e6,
      response: { parts: [{ type: "reasoning", content: "hm" }, { type: "text", content: "AB" }] },
    })],
  },
  {
    name: "OpenRouter: comments, reasoning twice, its own cost",
    turns: [
      post("/api/v1/chat/completions", ASK, { host: "openrouter.ai" }),
      sse([
        ": OPENROUTER PROCESSING",
        chunk({
          content: "",
          reasoning: "h",
          reasoning_details: [{ type: "reasoning.text", text: "h", index: 0 }],
        }),
        chunk({
          content: "",
          reasoning: "m",
          reasoning_details: [{ type: "reasoning.text", text: "m", index: 0 }],
        }),
        ": OPENROUTER PROCESSING",
        chunk({
          content: "",
          reasoning_details: [{ type: "reasoning.encrypted", data: "opaque", index: 1 }],
        }),
        chunk({ content: "A" }),
        chunk({ content: "" }, "stop"),
        {
          ...LAST,
          usage: {
            ...COUNTS,
            prompt_tokens_details: { cached_tokens: 5, cache_write_tokens: 3 },
            cost: 0.25,
            cost_details: { upstream_inference_cost: null },
          },
        },
        "[DONE]",
      ]),
    ],
    expected: [call({
      provider: "openrouter",
      cost_usd: 0.25,
      usage: { ...USAGE, cache_write_tokens: 3 },
      response: {
        parts: [
          { type: "reasoning", content: "hm", encrypted: reference("opaque") },
          { type: "text", content: "A" },
        ],
      },
    })],
  },
  {
    name: "OpenRouter with the customer's own key: its fee and the provider's price; an error of a choice",
    turns: [
      post("/api/v1/chat/completions", ASK, { host: "openrouter.ai" }),
      sse([
        {
          ...chunk({ content: "A" }, "error"),
          choices: [{
            index: 0,
            delta: { content: "A" },
            finish_reason: "error",
            error: { code: 502, message: "down" },
          }],
        },
        {
          ...LAST,
          usage: { ...COUNTS, cost: 0.5, is_byok: true, cost_details: { upstream_inference_cost: 2 } },
        },
        "[DONE]",
      ]),
    ],
    expected: [call({
      provider: "openrouter",
      cost_usd: 2.5,
      error: { type: "502", message: "down" },
      response: { text: "A", stop_reason: "error" },
    })],
  },
  {
    name: "vLLM: counts in every chunk, the last one holds",
    turns: [
      post("/v1/chat/completions", { ...ASK, model: "Qwen/Qwen3-8B" }),
      sse(of("Qwen/Qwen3-8B", [
        { ...chunk({ reasoning: "h" }), usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 } },
        { ...chunk({ content: "A" }), usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 } },
        {
          ...chunk({ content: "B" }, "stop"),
          usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
        },
        "[DONE]",
      ])),
    ],
    expected: [call({
      model: "Qwen/Qwen3-8B",
      usage: { ...NO_USAGE, input_tokens: 9, output_tokens: 3 },
      response: { parts: [{ type: "reasoning", content: "h" }, { type: "text", content: "AB" }] },
    })],
  },
  {
    name: "llama.cpp: timings where nobody asked for usage",
    turns: [
      post("/v1/chat/completions", { messages: ASK.messages, stream: true }, { host: "localhost:8080" }),
      sse(
        of("qwen.gguf", [
          chunk({ role: "assistant", content: null }),
          chunk({ reasoning_content: "h" }),
          chunk({ content: "A" }),
          { ...chunk({}, "stop"), timings: { cache_n: 7, prompt_n: 3, predicted_n: 5, predicted_ms: 9.5 } },
          "[DONE]",
        ]),
        { headers: { Server: "llama.cpp" } },
      ),
    ],
    expected: [call({
      provider: "llama.cpp",
      model: "qwen.gguf",
      usage: { ...NO_USAGE, input_tokens: 10, output_tokens: 5, cache_read_tokens: 7 },
      cost_usd: null,
      response: { text: "A" },
    })],
  },
  {
    name: "GitHub Copilot: the text is one choice and the tool calls are another",
    turns: [
      post("/chat/completions", { ...ASK, stream: false }, { host: "api.individual.githubcopilot.com" }),
      json(
        {
          ...whole(
            { role: "assistant", content: "I look", reasoning_text: "hm", reasoning_opaque: "opaque" },
            {
              role: "assistant",
              tool_calls: [{ id: "t1", type: "function", function: { name: "sh", arguments: "{}" } }],
            },
          ),
          choices: [
            {
              finish_reason: "tool_calls",
              message: {
                role: "assistant",
                content: "I look",
                reasoning_text: "hm",
                reasoning_opaque: "opaque",
              },
            },
            {
              finish_reason: "tool_calls",
              message: {
                role: "assistant",
                tool_calls: [{ id: "t1", type: "function", function: { name: "sh", arguments: "{}" } }],
              },
            },
          ],
        },
        200,
        { "x-github-request-id": "AB:CD" },
      ),
    ],
    expected: [
      call({
        provider: "github",
        request_id: "AB:CD",
        streaming: false,
        response: {
          parts: [
            { type: "reasoning", content: "hm", encrypted: reference("opaque") },
            { type: "text", content: "I look" },
            { type: "tool_call", id: "t1", name: "sh", arguments: {} },
          ],
          stop_reason: "tool_calls",
        },
      }),
      { kind: "tool.call", id: "t1", name: "sh", input: {} },
    ],
  },
  {
    name: "GitHub Copilot, streamed: tool calls in a second choice",
    turns: [
      post("/chat/completions", ASK, { host: "api.githubcopilot.com" }),
      sse([
        chunk({ content: "I " }, null, 0),
        chunk({ content: "look" }, "stop", 0),
        chunk({ tool_calls: [{ index: 0, id: "t1", function: { name: "sh", arguments: "{" } }] }, null, 1),
        chunk({ tool_calls: [{ index: 0, function: { arguments: "}" } }] }, "tool_calls", 1),
        LAST,
        "[DONE]",
      ]),
    ],
    expected: [
      call({
        provider: "github",
        response: {
          parts: [
            { type: "text", content: "I look" },
            { type: "tool_call", id: "t1", name: "sh", arguments: {} },
          ],
          stop_reason: "tool_calls",
        },
      }),
      { kind: "tool.call", id: "t1", name: "sh", input: {} },
    ],
  },
  {
    name: "Groq: counts in a field of its own",
    turns: [
      post("/openai/v1/chat/completions", ASK, { host: "api.groq.com" }),
      sse(of("openai/gpt-oss-20b", [
        { ...chunk({ content: "A" }), x_groq: { id: "req_1" } },
        { ...chunk({}, "stop"), x_groq: { id: "req_1", usage: { ...COUNTS, queue_time: 0.1 } } },
        "[DONE]",
      ])),
    ],
    expected: [call({ provider: "groq", model: "openai/gpt-oss-20b", response: { text: "A" } })],
  },
  {
    name: "xAI: reasoning apart from the completion, the price in ticks",
    turns: [
      post("/v1/chat/completions", ASK, { host: "api.x.ai" }),
      sse(of("grok-4", [
        chunk({ reasoning_content: "h" }),
        chunk({ content: "A" }, "stop"),
        {
          ...LAST,
          usage: {
            prompt_tokens: 10,
            completion_tokens: 4,
            total_tokens: 34,
            prompt_tokens_details: { cached_tokens: 5 },
            completion_tokens_details: { reasoning_tokens: 20 },
            cost_in_usd_ticks: 37_756_000,
          },
        },
        "[DONE]",
      ])),
    ],
    expected: [call({
      provider: "x_ai",
      model: "grok-4",
      usage: { ...USAGE, output_tokens: 24, reasoning_tokens: 20 },
      cost_usd: 0.0037756,
      response: { text: "A" },
    })],
  },
  {
    name: "Google's compatible service: every tool call has index 0",
    turns: [
      post("/v1beta/openai/chat/completions", ASK, { host: "generativelanguage.googleapis.com" }),
      sse(of("gemini-2.5-pro", [
        fragment(0, { name: "sh", arguments: '{"c":1}' }, "t1"),
        fragment(0, { name: "sh", arguments: '{"c":2}' }, "t2"),
        chunk({}, "tool_calls"),
        "[DONE]",
      ])),
    ],
    expected: [
      call({
        provider: "gcp.gemini",
        model: "gemini-2.5-pro",
        usage: NO_USAGE,
        response: {
          parts: [
            { type: "tool_call", id: "t1", name: "sh", arguments: { c: 1 } },
            { type: "tool_call", id: "t2", name: "sh", arguments: { c: 2 } },
          ],
        },
      }),
      { kind: "tool.call", id: "t1", name: "sh", input: { c: 1 } },
      { kind: "tool.call", id: "t2", name: "sh", input: { c: 2 } },
    ],
  },
];
