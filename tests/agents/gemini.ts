/** Google's generateContent and streamGenerateContent. */
import { makeId, pieces, type Reply } from "../../samples/llm/dialect.ts";

export function whole(reply: Reply): unknown {
  return response(reply, parts(reply), true);
}

/** Each event is a whole response whose parts are appended to what came before. */
export function events(reply: Reply): string[] {
  const all = parts(reply);
  return all.map((part, index) =>
    `data: ${JSON.stringify(response(reply, [part], index === all.length - 1))}\r\n\r\n`
  );
}

function parts({ turn }: Reply): unknown[] {
  return [
    ...pieces(turn.text, 12).map((text) => ({ text })),
    ...(turn.tools ?? []).map(({ name, input }) => ({ functionCall: { name, args: input } })),
  ];
}

function response({ turn, model, number }: Reply, parts: readonly unknown[], last: boolean): unknown {
  const { input, cacheRead, output, reasoning } = turn.usage;
  return {
    candidates: [{
      content: { role: "model", parts },
      ...(last ? { finishReason: "STOP" } : {}),
      index: 0,
    }],
    usageMetadata: {
      promptTokenCount: input + cacheRead,
      candidatesTokenCount: output - reasoning,
      totalTokenCount: input + cacheRead + output,
      cachedContentTokenCount: cacheRead,
      thoughtsTokenCount: reasoning,
    },
    modelVersion: model,
    responseId: makeId("", [number], 22),
  };
}
