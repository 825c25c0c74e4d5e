/** Anthropic's client: Messages, and its runner of tools. */
import { functions, picture } from "./functions.mjs";
import { installed } from "./installed.mjs";

const { default: Anthropic } = installed("@anthropic-ai/sdk");
const origin = process.argv[2];
const client = new Anthropic({ apiKey: "sk-ant-x", baseURL: origin, maxRetries: 2 });
const base = { model: "claude-opus-5-5", max_tokens: 99 };
const defined = functions.map(({ parameters: input_schema, ...f }) => ({ ...f, input_schema }));
export const anthropic = {
  async whole(text) {
    const source = { type: "base64", media_type: "image/png", data: picture };
    const content = [{ type: "text", text }, { type: "image", source }];
    await client.messages.countTokens({ model: base.model, messages: [{ role: "user", content }] });
    return (await client.messages.create({ ...base, messages: [{ role: "user", content }] })).content[0]
      .text;
  },
  async *streamed(content, signal) {
    const body = { ...base, messages: [{ role: "user", content }], stream: true };
    for await (const { delta } of await client.messages.create(body, { signal })) {
      if (delta?.type === "text_delta") yield delta.text;
    }
  },
  // Anthropic keeps what was said: the second request has the results alone.
  async tools(content, answer) {
    const used = [];
    const run = (name) => (input, { toolUseBlock: { id } }) => {
      used.push({ id, name, input });
      return answer;
    };
    const tools = defined.map((tool) => ({
      type: "custom",
      ...tool,
      parse: (x) => x,
      run: run(tool.name),
    }));
    await client.beta.messages.toolRunner({ ...base, messages: [{ role: "user", content }], tools });
    return used;
  },
};
