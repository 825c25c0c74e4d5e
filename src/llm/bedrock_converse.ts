/** Amazon Bedrock's Converse and ConverseStream: requests. Answers: `bedrock_converse_answer.ts`. */
import type { ToolDefinition, Usage } from "../event.ts";
import type { Api } from "./api.ts";
import { converseBlocks, isBlock } from "./bedrock_blocks.ts";
import { ConverseAnswer, isConverseEvent } from "./bedrock_converse_answer.ts";
import { bedrockModel } from "./bedrock_model.ts";
import { type JsonObject, number, object, objects, string } from "./json.ts";

export const bedrockConverse: Api = {
  name: "bedrock.converse",
  operation: "chat",
  path: /\/model\/.+\/converse(?:-stream)?$/,

  requestShape(body) {
    const messages = objects(body.messages);
    // With a stored prompt its variables are all there is.
    if (messages.length === 0) return object(body.promptVariables) ? "possible" : "no";
    const shaped = messages.every(({ role, content }) => {
      const blocks = objects(content);
      return string(role) !== null && blocks.length > 0 && blocks.every(isBlock);
    });
    return shaped ? "certain" : "no";
  },

  answers(value) {
    return object(object(value.output)?.message) !== null || isConverseEvent(value);
  },

  request(body, { path }) {
    const config = object(body.inferenceConfig);
    return {
      model: bedrockModel(path),
      system: converseBlocks(body.system),
      messages: objects(body.messages).map(({ role, content }) => (
        { role: string(role) ?? "", parts: converseBlocks(content) }
      )),
      tools: objects(object(body.toolConfig)?.tools).flatMap(tool),
      temperature: number(config?.temperature),
      max_tokens: number(config?.maxTokens) ?? number(config?.max_new_tokens),
      conversation: null,
      previousResponse: null,
    };
  },

  reader: () => new ConverseAnswer(),

  /** Cached input is counted apart; Nova's own format has longer names for it. */
  usage(raw): Usage {
    const input = number(raw.inputTokens);
    const read = number(raw.cacheReadInputTokens) ?? number(raw.cacheReadInputTokenCount);
    const written = number(raw.cacheWriteInputTokens) ?? number(raw.cacheWriteInputTokenCount);
    return {
      input_tokens: input === null ? null : input + (read ?? 0) + (written ?? 0),
      output_tokens: number(raw.outputTokens),
      cache_read_tokens: read,
      cache_write_tokens: written,
      reasoning_tokens: null,
    };
  },
};

/** Among them stand marks of what to cache. */
function tool(raw: JsonObject): ToolDefinition[] {
  const spec = object(raw.toolSpec);
  if (spec) {
    const name = string(spec.name) ?? "";
    const schema = object(spec.inputSchema);
    return [{ name, description: string(spec.description), parameters: schema?.json ?? schema }];
  }
  const system = string(object(raw.systemTool)?.name);
  return system === null ? [] : [{ name: system, description: null, parameters: null }];
}
