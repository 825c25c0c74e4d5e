/** Transcripts of Anthropic Messages. */
export const ASK = {
  model: "claude-opus-5-5",
  max_tokens: 1024,
  system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }],
  messages: [{ role: "user", content: "List the files — alle Größen" }],
  tools: [{ name: "Bash", description: "Runs it", input_schema: { type: "object" } }],
  stream: true,
};

export const START = {
  type: "message_start",
  message: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-opus-5-5",
    content: [],
    stop_reason: null,
    usage: {
      input_tokens: 3,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 10,
      output_tokens: 1,
    },
  },
};

export function text(index: number, ...pieces: string[]): unknown[] {
  return [
    { type: "content_block_start", index, content_block: { type: "text", text: "" } },
    ...pieces.map((text) => ({ type: "content_block_delta", index, delta: { type: "text_delta", text } })),
    { type: "content_block_stop", index },
  ];
}

export function toolUse(index: number, id: string, ...json: string[]): unknown[] {
  const content_block = { type: "tool_use", id, name: "Bash", input: {} };
  return [
    { type: "content_block_start", index, content_block },
    ...json.map((partial_json) => (
      { type: "content_block_delta", index, delta: { type: "input_json_delta", partial_json } }
    )),
    { type: "content_block_stop", index },
  ];
}

export function stop(stop_reason: string, output_tokens: number): unknown[] {
  return [
    { type: "message_delta", delta: { stop_reason }, usage: { output_tokens } },
    { type: "message_stop" },
  ];
}

export const USAGE = {
  input_tokens: 113,
  output_tokens: 20,
  cache_read_tokens: 100,
  cache_write_tokens: 10,
  reasoning_tokens: null,
};
