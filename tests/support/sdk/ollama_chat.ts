/** Ollama's own chat: answers as its server writes them, without ids. */
import { pieces, type Reply } from "../../../samples/llm/dialect.ts";

export function whole(reply: Reply): unknown {
  const { turn: { text } } = reply;
  const calls = toolCalls(reply);
  return { ...end(reply), message: said({ content: text, ...(calls.length ? { tool_calls: calls } : {}) }) };
}

export function events(reply: Reply): string[] {
  const { model, turn: { text } } = reply;
  const messages = [
    ...pieces(text, 12).map((content) => said({ content })),
    ...toolCalls(reply).map((call) => said({ tool_calls: [call] })),
  ];
  const lines = [...messages.map((message) => ({ model, message, done: false })), {
    ...end(reply),
    message: said({}),
  }];
  return lines.map((line) => `${JSON.stringify(line)}\n`);
}

function said(fields: Readonly<Record<string, unknown>>) {
  return { role: "assistant", content: "", ...fields };
}

function toolCalls({ turn }: Reply) {
  return (turn.tools ?? []).map(({ name, input }, index) => ({
    function: { index, name, arguments: input },
  }));
}

function end({ model, turn: { usage } }: Reply) {
  return {
    model,
    done: true,
    done_reason: "stop",
    total_duration: 9e9,
    prompt_eval_count: usage.input + usage.cacheRead + usage.cacheWrite,
    eval_count: usage.output,
  };
}
