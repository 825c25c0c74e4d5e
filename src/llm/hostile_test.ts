/** No shape of JSON makes a reader throw. */
import fc from "fast-check";
import { Buffer } from "node:buffer";
import type { Api } from "./api.ts";
import { bedrockConverse } from "./bedrock_converse.ts";
import { bedrockInvoke } from "./bedrock_invoke.ts";
import { gemini } from "./gemini.ts";
import { geminiInteractions } from "./gemini_interactions.ts";
import { type JsonObject, object } from "./json.ts";

const NAMES = {
  gemini: ["contents", "parts", "text", "thought", "functionCall", "partialArgs", "jsonPath", "willContinue"],
  answers: ["candidates", "content", "response", "usageMetadata", "error", "code", "promptFeedback", "index"],
  steps: [
    "event_type",
    "step",
    "delta",
    "type",
    "summary",
    "interaction",
    "status",
    "steps",
    "input",
    "usage",
  ],
  bedrock: ["payload", "delta", "start", "toolUse", "output", "message", "messages", "toolResult", "role"],
  texts: ["outputs", "generation", "results", "stop_reason", "tool_calls", "choices", "prompt", "name"],
};
const VALUES = [
  "$.a[0]",
  "$.__proto__.b",
  "step.start",
  "step.delta",
  "function_call",
  "text",
  "user",
  "aGk=",
];

/** Objects whose names the readers look for, with values of any type. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "large" },
    fc.constantFrom<unknown>(...VALUES, 0, 1, -1, 1e300, true, null, ""),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...Object.values(NAMES).flat()), tie("value"), { maxKeys: 5 }),
  ),
}));

const ENDPOINT = { host: "h", path: "/model/%zz/invoke", headers: new Map<string, string>() };

for (const api of [gemini, geminiInteractions, bedrockConverse, bedrockInvoke] as const) {
  Deno.test(`property: ${api.name} reads anything`, () => {
    fc.assert(fc.property(fc.array(value, { maxLength: 5 }), (values) => read(api, values)), {
      numRuns: 500,
    });
  });
}

function read(api: Api, values: readonly unknown[]): void {
  const reader = api.reader();
  for (const body of values.map(object).filter((one): one is JsonObject => one !== null)) {
    api.requestShape(body, ENDPOINT.path);
    api.request(body, ENDPOINT);
    api.answers(body);
    api.usage(body);
    reader.event(body);
    for (const type of ["contentBlockStart", "contentBlockDelta", "metadata"]) {
      reader.event({ ":message-type": "event", ":event-type": type, payload: body });
    }
    const bytes = Buffer.from(JSON.stringify(body)).toString("base64");
    reader.event({ ":message-type": "event", ":event-type": "chunk", payload: { bytes } });
    const whole = api.reader();
    whole.body(body);
    whole.head?.(ENDPOINT.headers);
    whole.answer();
    reader.answer();
  }
}
