/** What a request says, read from its JSON without any of AgentSight's own readers. */
import { isRecord } from "../../samples/llm/dialect.ts";

/** Texts of a request's messages in order: prompts, answers sent back, and what tools said. */
export function requestTexts(body: string): string[] {
  const request: unknown = JSON.parse(body);
  if (!isRecord(request)) return [];
  return texts(request.messages ?? request.input ?? request.contents);
}

export function systemTexts(body: string): string[] {
  const request: unknown = JSON.parse(body);
  if (!isRecord(request)) return [];
  return texts(request.system ?? request.instructions ?? request.systemInstruction);
}

/** The fields that hold text, in the order in which APIs nest them. Reasoning and media are not text. */
function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  if (!isRecord(value)) return [];
  if (
    ["reasoning", "thinking", "image", "additional_tools"].includes(String(value.type)) ||
    value.thought === true
  ) {
    return [];
  }
  if (typeof value.text === "string") return [value.text];
  if (isRecord(value.functionResponse)) return [JSON.stringify(value.functionResponse.response)];
  return texts(value.content ?? value.output ?? value.parts ?? []);
}
