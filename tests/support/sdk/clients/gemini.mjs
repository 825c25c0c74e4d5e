/** Google's client: generateContent, and its chats. */
import { functions } from "./functions.mjs";
import { installed } from "./installed.mjs";

const { GoogleGenAI } = installed("@google/genai");
const origin = process.argv[2];
const { models, chats } = new GoogleGenAI({
  apiKey: "x",
  httpOptions: { baseUrl: origin, retryOptions: { attempts: 2 } },
});
const model = "gemini-2.5-flash";
const config = {
  tools: [{
    functionDeclarations: functions.map(({ parameters, ...f }) => ({
      ...f,
      parametersJsonSchema: parameters,
    })),
  }],
};
export const gemini = {
  whole: async (contents) => (await models.generateContent({ model, contents, config })).text,
  async *streamed(contents, abortSignal) {
    for await (
      const { text } of await models.generateContentStream({
        model,
        contents,
        config: { ...config, abortSignal },
      })
    ) yield text ?? "";
  },
  async tools(message, output) {
    const chat = chats.create({ model, config });
    const calls = [];
    for await (const { functionCalls = [] } of await chat.sendMessageStream({ message })) {
      calls.push(...functionCalls);
    }
    await chat.sendMessage({
      message: calls.map(({ name }) => ({ functionResponse: { name, response: { output } } })),
    });
    return calls.map(({ name, args }) => ({ name, input: args }));
  },
};
