/** Transcripts of Gemini's generateContent. */
export const ASK = {
  contents: [{ role: "user", parts: [{ text: "List the files — alle Größen" }] }],
  systemInstruction: { parts: [{ text: "Be brief." }] },
  tools: [
    {
      functionDeclarations: [{ name: "ls", description: "Lists", parametersJsonSchema: { type: "object" } }],
    },
    { googleSearch: {} },
  ],
  generationConfig: { temperature: 0.5, maxOutputTokens: 99 },
};

export const COUNTS = {
  promptTokenCount: 100,
  cachedContentTokenCount: 40,
  candidatesTokenCount: 20,
  thoughtsTokenCount: 5,
  totalTokenCount: 125,
};

export const USAGE = {
  input_tokens: 100,
  output_tokens: 25,
  cache_read_tokens: 40,
  cache_write_tokens: null,
  reasoning_tokens: 5,
};

/** USD a million of gemini-2.5-pro: 1.25 plain, 0.125 cached, 10 out. */
export const COST = (60 * 1.25 + 40 * 0.125 + 25 * 10) / 1e6;

/** One response, whole or an event of a stream; the last one has a reason to stop. */
export function response(
  parts: readonly unknown[],
  fields: { finishReason?: string; usageMetadata?: unknown; index?: number } = {},
): Record<string, unknown> {
  const { finishReason, usageMetadata = { ...COUNTS, candidatesTokenCount: 1 }, index = 0 } = fields;
  return {
    candidates: [{ content: { role: "model", parts }, index, ...(finishReason ? { finishReason } : {}) }],
    usageMetadata,
    modelVersion: "gemini-2.5-pro",
    responseId: "resp_1",
  };
}

export function last(...parts: unknown[]): Record<string, unknown> {
  return response(parts, { finishReason: "STOP", usageMetadata: COUNTS });
}
