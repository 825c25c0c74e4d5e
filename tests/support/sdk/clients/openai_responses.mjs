/** OpenAI's client: Responses. */
import { functions, picture } from "./functions.mjs";
import { installed } from "./installed.mjs";

const { default: OpenAI } = installed("openai");
const origin = process.argv[2];
const { responses: api } = new OpenAI({ apiKey: "sk-x", baseURL: `${origin}/v1` });
const base = { model: "gpt-5", tools: functions.map((f) => ({ type: "function", strict: false, ...f })) };
export const responses = {
  whole: async (input) => (await api.create({ ...base, input })).output_text,
  async *streamed(text, signal) {
    const content = [
      { type: "input_text", text },
      { type: "input_image", detail: "auto", image_url: `data:image/png;base64,${picture}` },
    ];
    const events = await api.create({ ...base, input: [{ role: "user", content }], stream: true }, {
      signal,
    });
    for await (const { type, delta } of events) if (type === "response.output_text.delta") yield delta;
  },
  async tools(input, output) {
    const first = await api.stream({ ...base, input }).finalResponse();
    const calls = first.output.filter(({ type }) => type === "function_call");
    const outputs = calls.map(({ call_id }) => ({ type: "function_call_output", call_id, output }));
    await api.create({ ...base, previous_response_id: first.id, input: outputs });
    return calls.map(({ call_id, name, arguments: text }) => ({
      id: call_id,
      name,
      input: JSON.parse(text),
    }));
  },
};
