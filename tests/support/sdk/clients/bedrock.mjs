/** AWS's client: Converse of Amazon Bedrock, signed. */
import { functions, picture } from "./functions.mjs";
import { installed } from "./installed.mjs";

const bedrockRuntime = installed("@aws-sdk/client-bedrock-runtime");
const { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } = bedrockRuntime;
const { NodeHttpHandler } = installed("@smithy/node-http-handler");
const origin = process.argv[2];
const client = new BedrockRuntimeClient({
  region: "us-east-1",
  endpoint: origin,
  credentials: { accessKeyId: "AKIAXXXXXXXXXXXXXXXX", secretAccessKey: "x" },
  requestHandler: new NodeHttpHandler(),
});
const toolConfig = {
  tools: functions.map(({ parameters: json, ...f }) => ({ toolSpec: { ...f, inputSchema: { json } } })),
};
const base = { modelId: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", toolConfig };
const user = (...content) => ({ role: "user", content });
export const bedrock = {
  async whole(text) {
    const image = { format: "png", source: { bytes: Buffer.from(picture, "base64") } };
    const { output } = await client.send(
      new ConverseCommand({ ...base, messages: [user({ text }, { image })] }),
    );
    return output.message.content[0].text;
  },
  async *streamed(text, abortSignal) {
    const { stream } = await client.send(
      new ConverseStreamCommand({ ...base, messages: [user({ text })] }),
      { abortSignal },
    );
    for await (const { contentBlockDelta } of stream) yield contentBlockDelta?.delta.text ?? "";
  },
  async tools(text, answer) {
    const messages = [user({ text })];
    const { output: { message } } = await client.send(new ConverseCommand({ ...base, messages }));
    const calls = message.content.flatMap(({ toolUse }) => toolUse ?? []);
    const results = calls.map(({ toolUseId }) => ({
      toolResult: { toolUseId, content: [{ text: answer }] },
    }));
    messages.push(message, user(...results));
    for await (const _ of (await client.send(new ConverseStreamCommand({ ...base, messages }))).stream);
    return calls.map(({ toolUseId: id, name, input }) => ({ id, name, input }));
  },
};
