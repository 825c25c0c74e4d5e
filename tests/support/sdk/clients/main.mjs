// Official clients, each with the same tasks: `main.mjs ORIGIN SOCKET INSTALLED`, a file beside their node_modules.
// What they gave back is told on stdout, a line of JSON each.
import { anthropic } from "./anthropic.mjs";
import { bedrock } from "./bedrock.mjs";
import { gemini } from "./gemini.mjs";
import { ollama } from "./ollama.mjs";
import { chat } from "./openai_chat.mjs";
import { responses } from "./openai_responses.mjs";

/** Each answers whole, streamed until it is enough, and in a turn with tools. */
const clients = { chat, responses, anthropic, gemini, bedrock, ollama };

async function collected(pieces) {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

async function tell(client, task, run) {
  const name = `${task}-${client}`;
  let told;
  try {
    told = await run(`Please do case:${name}`, name);
  } catch (error) {
    told = { failed: String(error.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify({ sdk: name, ...told })}\n`);
}

for (const [client, { whole, streamed, tools }] of Object.entries(clients)) {
  await tell(client, "plain", async (ask) => ({ text: await whole(ask) }));
  // This client does not try again.
  if (client !== "ollama") await tell(client, "retried", async (ask) => ({ text: await whole(ask) }));
  await tell(client, "tools", async (ask, name) => ({ tools: await tools(ask, `result-of-${name}`) }));
  await tell(client, "broken", async (ask) => ({ text: await collected(streamed(ask)) }));
  await tell(client, "left", async (ask) => {
    const leaving = new AbortController();
    for await (const piece of streamed(ask, leaving.signal)) if (piece !== "") leaving.abort();
  });
}
// All at once, each on the connections that its client keeps.
await Promise.all(
  Object.entries(clients).flatMap(([client, { whole, streamed }]) => [
    tell(client, "long-a", async (ask) => ({ text: await collected(streamed(ask)) })),
    tell(client, "plain-b", async (ask) => ({ text: await whole(ask) })),
    tell(client, "long-c", async (ask) => ({ text: await collected(streamed(ask)) })),
  ]),
);
process.exit(0);
