/** Ollama's client, over a unix socket. */
import { request } from "node:http";
import { Readable } from "node:stream";
import { functions, picture } from "./functions.mjs";
import { installed } from "./installed.mjs";

const { Ollama } = installed("ollama");
const socketPath = process.argv[3];
const client = new Ollama({ host: "http://model", fetch: overSocket });
const base = { model: "qwen3:8b", tools: functions.map((f) => ({ type: "function", function: f })) };
export const ollama = {
  whole: async (content) =>
    (await client.chat({ ...base, messages: [{ role: "user", content, images: [picture] }] })).message
      .content,
  async *streamed(content, signal) {
    const chunks = await client.chat({ ...base, messages: [{ role: "user", content }], stream: true });
    signal?.addEventListener("abort", () => chunks.abort());
    for await (const { message } of chunks) yield message.content;
  },
  async tools(content, answer) {
    const messages = [{ role: "user", content }];
    const { message } = await client.chat({ ...base, messages });
    messages.push(
      message,
      ...message.tool_calls.map((call) => ({
        role: "tool",
        tool_name: call.function.name,
        content: answer,
      })),
    );
    await client.chat({ ...base, messages });
    return message.tool_calls.map(({ function: f }) => ({ name: f.name, input: f.arguments }));
  },
};

/** Fetch, as far as this client needs it, to a server that listens on a unix socket. */
function overSocket(url, { method = "GET", headers, body, signal }) {
  return new Promise((answered, failed) => {
    const { pathname: path } = new URL(url);
    const sent = request({
      socketPath,
      path,
      method,
      headers: Object.fromEntries(new Headers(headers)),
      signal,
    }, (got) => {
      const { statusCode: status, headers: { "content-type": type } } = got;
      answered(new Response(Readable.toWeb(got), { status, headers: { "content-type": type } }));
    });
    sent.on("error", failed).end(body);
  });
}
