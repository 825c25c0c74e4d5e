// usage: asker.mjs URL CAFILE   Each line on stdin is a prompt for a model at URL, over a connection of its own.
// For Node, Bun and Deno; Bun takes the authority from here, Deno from its command line.
import { readFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";

const [url, caFile] = process.argv.slice(2);
const tls = { ca: readFileSync(caFile, "utf8") };

process.stdout.write("ready\n");
for await (const prompt of createInterface({ input: process.stdin })) {
  const body = JSON.stringify({
    model: "claude-sonnet-4-5",
    max_tokens: 100,
    messages: [{ role: "user", content: prompt }],
  });
  const headers = { "content-type": "application/json", connection: "close" };
  const answer = await fetch(`${url}/v1/messages`, { method: "POST", headers, body, tls, keepalive: false });
  const { content } = await answer.json();
  process.stdout.write(`${content[0].text}\n`);
}
process.exit(0);
