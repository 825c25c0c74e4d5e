// usage: client.mjs https|fetch URL CA COUNT CONCURRENCY
// For Node, Bun and Deno. `fetch` trusts what NODE_EXTRA_CA_CERTS or DENO_CERT names.
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import process from "node:process";

const [name, url, caFile, ...numbers] = process.argv.slice(2);
const [count, concurrency] = numbers.map(Number);
const sizes = [1, 100, 1023, 8192, 16383, 16384, 16385, 65537, 262144, 1048577];

function bodyOf(i) {
  const body = new Uint8Array(i === count - 1 ? 4 << 20 : sizes[i % sizes.length]);
  for (let j = 0; j < body.length; j++) body[j] = (i * 131 + j * 31 + (j >> 8) * 7 + (j >> 16)) & 0xff;
  return body;
}

async function withFetch(path, body) {
  const answer = await fetch(url + path, { method: "POST", body });
  return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
}

const agent = new Agent({ ca: readFileSync(caFile), keepAlive: true, maxSockets: concurrency });

async function withHttps(path, body) {
  const answer = await new Promise((resolve, reject) => {
    const headers = { "content-length": body.length };
    request(url + path, { agent, method: "POST", headers }, resolve).on("error", reject).end(body);
  });
  const parts = [];
  for await (const part of answer) parts.push(part);
  return { status: answer.statusCode, bytes: Buffer.concat(parts) };
}

const ask = { https: withHttps, fetch: withFetch }[name];

async function work(worker) {
  for (let i = worker; i < count; i += concurrency) {
    const body = bodyOf(i);
    const { status, bytes } = await ask(`/echo/${i}`, body);
    if (status !== 200 || !bytes.equals(body)) {
      throw new Error(`request ${i}: status ${status}, ${bytes.length} bytes, not those that were sent`);
    }
  }
}

await Promise.all(Array.from({ length: concurrency }, (_, worker) => work(worker)));
agent.destroy();
process.stdout.write(`ok ${count}\n`);
// Connections kept for a next request would keep the process.
process.exit(0);
