// usage: client.mjs URL CA SIZE…   Downloads and uploads of each size, by a connection each, by one, and by eight.
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";

const [url, caFile, ...sizes] = process.argv.slice(2);
const ca = readFileSync(caFile);

async function ask(path, { body, agent = false } = {}) {
  const options = { ca, agent, method: body ? "POST" : "GET" };
  if (body) options.headers = { "content-length": body.length };
  const answer = await new Promise((resolve, reject) => {
    request(url + path, options, resolve).on("error", reject).end(body);
  });
  for await (const _ of answer);
}

for (const size of sizes.map(Number)) {
  await ask(`/down/${size}`);
  await ask("/up", { body: Buffer.alloc(size, "n") });
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
for (const size of sizes.map(Number)) {
  await ask(`/down/${size}`, { agent });
  await ask("/up", { body: Buffer.alloc(size, "N"), agent });
}
agent.destroy();

await Promise.all(Array.from({ length: 8 }, (_, n) => ask(`/down/65537?${n}`)));
