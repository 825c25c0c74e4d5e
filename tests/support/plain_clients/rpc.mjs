// JSON-RPC over a child's stdin and stdout, which Node makes pairs of sockets: rpc.mjs [serve]
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const message = (fields) => JSON.stringify({ ...fields, jsonrpc: "2.0" }) + "\n";

if (process.argv[2] === "serve") {
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, params } = JSON.parse(line);
    process.stdout.write(message({ result: { echo: params }, id }));
  }
} else {
  const server = spawn(process.execPath, [import.meta.filename, "serve"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  for (const [id, params] of [{ a: 1 }, { b: "x".repeat(300_000) }, { c: 3 }].entries()) {
    server.stdin.write(message({ method: "tools/call", params, id }));
    const { value } = await answers.next();
    if (JSON.stringify(JSON.parse(value).result.echo) !== JSON.stringify(params)) throw new Error(value);
  }
  server.stdin.end();
}
