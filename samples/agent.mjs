#!/usr/bin/env node
// A small agent: asks an LLM, runs the shell commands it wants, sends back what they printed, until it is done.
//
//   node agent.mjs [--api messages|chat|responses] [--plain] [--model NAME] [--workspace DIR] [PROMPT]
//
// ANTHROPIC_BASE_URL (without /v1) or OPENAI_BASE_URL (with /v1), ANTHROPIC_API_KEY or OPENAI_API_KEY, and
// NODE_EXTRA_CA_CERTS for a server with its own authority. --plain asks for answers in one piece.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:https";
import { parseArgs } from "node:util";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    api: { type: "string", default: "messages" },
    plain: { type: "boolean", default: false },
    model: { type: "string" },
    workspace: { type: "string", default: "." },
  },
});
const { env } = process;
const anthropic = options.api === "messages";
const base = anthropic
  ? `${env.ANTHROPIC_BASE_URL ?? "https://api.anthropic.com"}/v1`
  : env.OPENAI_BASE_URL ?? "https://api.openai.com/v1";
const key = (anthropic ? env.ANTHROPIC_API_KEY : env.OPENAI_API_KEY ?? env.ANTHROPIC_API_KEY) ?? "sk-none";
const model = options.model ?? (anthropic ? "claude-sonnet-4-5" : "gpt-4o");
const stream = !options.plain;
const system = "You are a careful assistant with a shell. Use the bash tool, then report in one sentence.";
const prompt = positionals[0] ??
  "Merge the notes into a sorted report.md, clean up after yourself, and save the list of models.";
const description = "Run a command with sh and return what it prints.";
const parameters = { type: "object", properties: { command: { type: "string" } }, required: ["command"] };
const MAX_TURNS = 8;

// Each API: its request, how an event adds to the answer, the calls in an answer, what the next request repeats.
const apis = {
  messages: {
    path: "/messages",
    headers: { "x-api-key": key, "anthropic-version": "2023-06-01" },
    history: [{ role: "user", content: prompt }],
    body: (messages) => ({
      model,
      max_tokens: 1024,
      system: [{ type: "text", text: system }],
      tools: [{ name: "bash", description, input_schema: parameters }],
      messages,
      stream,
    }),
    answer: () => [],
    whole: ({ content }) => content,
    add(blocks, event) {
      if (event.type === "content_block_start") blocks[event.index] = { ...event.content_block };
      if (event.type === "content_block_delta") {
        const block = blocks[event.index];
        const { type: _type, ...delta } = event.delta;
        for (const [name, text] of Object.entries(delta)) block[name] = (block[name] ?? "") + text;
        return delta.text;
      }
      if (event.type === "content_block_stop") {
        const { partial_json, ...block } = blocks[event.index];
        blocks[event.index] = block.type === "tool_use"
          ? { ...block, input: JSON.parse(partial_json || "{}") }
          : block;
      }
    },
    text: (blocks) => blocks.map((block) => block.text ?? "").join(""),
    calls: (blocks) =>
      blocks.filter(({ type }) => type === "tool_use").map(({ id, input }) => ({ id, input })),
    next: (blocks, results) => [
      { role: "assistant", content: blocks },
      {
        role: "user",
        content: results.map(({ id, output, failed }) => ({
          type: "tool_result",
          tool_use_id: id,
          content: output,
          is_error: failed,
        })),
      },
    ],
  },
  chat: {
    path: "/chat/completions",
    headers: { authorization: `Bearer ${key}` },
    history: [{ role: "system", content: system }, { role: "user", content: prompt }],
    body: (messages) => ({
      model,
      messages,
      tools: [{ type: "function", function: { name: "bash", description, parameters } }],
      stream,
      ...(stream ? { stream_options: { include_usage: true } } : {}),
    }),
    answer: () => ({ role: "assistant", content: "" }),
    whole: ({ choices }) => choices[0].message,
    add(message, { choices: [choice] }) {
      const { content, tool_calls = [] } = choice?.delta ?? {};
      for (const { index, ...call } of tool_calls) {
        const calls = message.tool_calls ??= [];
        if (calls[index]) calls[index].function.arguments += call.function.arguments;
        else calls[index] = call;
      }
      message.content += content ?? "";
      return content;
    },
    text: ({ content }) => content,
    calls: ({ tool_calls = [] }) =>
      tool_calls.map((call) => ({ id: call.id, input: JSON.parse(call.function.arguments) })),
    next: (message, results) => [
      message,
      ...results.map(({ id, output }) => ({ role: "tool", tool_call_id: id, content: output })),
    ],
  },
  responses: {
    path: "/responses",
    headers: { authorization: `Bearer ${key}` },
    history: [{ role: "user", content: [{ type: "input_text", text: prompt }] }],
    body: (input) => ({
      model,
      instructions: system,
      input,
      tools: [{ type: "function", name: "bash", description, parameters, strict: false }],
      store: false,
      stream,
    }),
    answer: () => [],
    whole: ({ output }) => output,
    add(items, event) {
      if (event.type === "response.output_item.done") items.push(event.item);
      if (event.type === "response.output_text.delta") return event.delta;
    },
    text: (items) =>
      items.flatMap(({ type, content }) => type === "message" ? content : []).map((p) => p.text).join(""),
    calls: (items) =>
      items.filter(({ type }) => type === "function_call")
        .map((call) => ({ id: call.call_id, input: JSON.parse(call.arguments) })),
    next: (items, results) => [
      ...items,
      ...results.map(({ id, output }) => ({ type: "function_call_output", call_id: id, output })),
    ],
  },
};

async function ask(api, history) {
  const body = JSON.stringify(api.body(history));
  const headers = {
    ...api.headers,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  };
  const response = await new Promise((resolve, reject) => {
    request(base + api.path, { method: "POST", headers }, resolve).on("error", reject).end(body);
  });
  response.setEncoding("utf8");
  let text = "";
  if (response.statusCode !== 200 || !stream) {
    for await (const chunk of response) text += chunk;
    if (response.statusCode !== 200) throw new Error(`Cannot ask ${base}: ${response.statusCode} ${text}`);
    const answer = api.whole(JSON.parse(text));
    process.stdout.write(api.text(answer));
    return answer;
  }
  const answer = api.answer();
  for await (const chunk of response) {
    const lines = (text + chunk).split("\n");
    text = lines.pop();
    for (const line of lines) {
      if (!line.startsWith("data: ") || line === "data: [DONE]") continue;
      process.stdout.write(api.add(answer, JSON.parse(line.slice(6))) ?? "");
    }
  }
  return answer;
}

async function run(command) {
  const child = spawn("sh", ["-c", command], {
    cwd: options.workspace,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...env, LLM_ORIGIN: new URL(base).origin, CURL_CA_BUNDLE: env.NODE_EXTRA_CA_CERTS ?? "" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => output += text);
  }
  const [code] = await once(child, "close");
  return { output, failed: code !== 0 };
}

const api = apis[options.api];
if (!api) throw new Error(`Cannot use the API ${options.api}: it is one of ${Object.keys(apis).join(", ")}`);
process.stdout.write(`> ${prompt}\n`);
const history = [...api.history];
for (let turn = 0; turn < MAX_TURNS; turn++) {
  const answer = await ask(api, history);
  process.stdout.write("\n");
  const calls = api.calls(answer);
  if (calls.length === 0) process.exit(0);
  const results = [];
  for (const { id, input } of calls) {
    process.stdout.write(`${input.command.replace(/^/gm, "$ ")}\n`);
    const result = await run(input.command);
    process.stdout.write(result.output);
    results.push({ id, ...result });
  }
  history.push(...api.next(answer, results));
}
throw new Error(`Cannot finish: still asking for tools after ${MAX_TURNS} answers`);
