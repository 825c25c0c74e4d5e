/** OpenAI's client: Chat Completions. */
import { functions } from "./functions.mjs";
import { installed } from "./installed.mjs";

const { default: OpenAI } = installed("openai");
const origin = process.argv[2];
const { chat: api } = new OpenAI({ apiKey: "sk-x", baseURL: `${origin}/v1` });
const base = { model: "gpt-4o", tools: functions.map((f) => ({ type: "function", function: f })) };
const stream_options = { include_usage: true };
export const chat = {
  async whole(content) {
    const { choices } = await api.completions.create({ ...base, messages: [{ role: "user", content }] });
    return choices[0].message.content;
  },
  async *streamed(content, signal) {
    const messages = [{ role: "user", content }];
    const chunks = await api.completions.create({ ...base, messages, stream: true, stream_options }, {
      signal,
    });
    for await (const { choices } of chunks) yield choices[0]?.delta?.content ?? "";
  },
  async tools(content, answer) {
    const messages = [{ role: "user", content }];
    const body = { ...base, messages, stream: true, stream_options };
    const { message } = (await api.completions.stream(body).finalChatCompletion()).choices[0];
    messages.push(
      message,
      ...message.tool_calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: answer })),
    );
    await api.completions.create({ ...base, messages });
    return message.tool_calls.map(({ id, function: f }) => ({
      id,
      name: f.name,
      input: JSON.parse(f.arguments),
    }));
  },
};
