/**
 * A real MCP client and a real server over stdio, and what was really said.
 *
 * `node mcp_client.mjs MODULES ERA [PROGRAM ARGS…]`: MODULES holds the packages, ERA is 2025 or 2026. The server is
 * started by PROGRAM ARGS… if there is one. The last line of stdout is JSON: the server's pid and every message that
 * the client sent and received, in order.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [modules, era, ...wrapper] = process.argv.slice(2);
const require = createRequire(join(modules, "program.js"));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const messages = [];

function watch(transport) {
  const send = transport.send.bind(transport);
  transport.send = (message, ...rest) => {
    messages.push({ sent: message });
    return send(message, ...rest);
  };
  const start = transport.start.bind(transport);
  transport.start = () => {
    const { onmessage } = transport;
    transport.onmessage = (message, ...rest) => {
      messages.push({ received: message });
      return onmessage(message, ...rest);
    };
    return start();
  };
  return transport;
}

function command(...server) {
  const [program, ...args] = [...wrapper, process.execPath, ...server];
  return { command: program, args, stderr: "ignore" };
}

async function of2025() {
  const { Client } = await load("@modelcontextprotocol/sdk/client/index.js");
  const { StdioClientTransport } = await load("@modelcontextprotocol/sdk/client/stdio.js");
  const types = await load("@modelcontextprotocol/sdk/types.js");
  const server = join(modules, "@modelcontextprotocol/server-everything/dist/index.js");
  const transport = watch(new StdioClientTransport(command(server)));
  const client = new Client({ name: "client-of-test", version: "1.0.0" }, {
    capabilities: { roots: {}, sampling: {} },
  });
  client.setRequestHandler(
    types.ListRootsRequestSchema,
    () => ({ roots: [{ uri: "file:///tmp", name: "tmp" }] }),
  );
  client.setRequestHandler(types.CreateMessageRequestSchema, () => ({
    model: "model-of-test",
    role: "assistant",
    content: { type: "text", text: "sampled: größer als 日本 😀" },
  }));
  await client.connect(transport);
  const { pid } = transport;
  await client.listTools();
  await client.callTool({ name: "echo", arguments: { message: 'größe 日本 😀\n"quoted"' } });
  await Promise.all([1, 2, 3].map((a) => client.callTool({ name: "get-sum", arguments: { a, b: 40 } })));
  await client.callTool(
    { name: "trigger-long-running-operation", arguments: { duration: 0.2, steps: 2 } },
    undefined,
    { onprogress() {} },
  );
  await client.callTool({ name: "trigger-sampling-request", arguments: { prompt: "p", maxTokens: 10 } });
  await client.callTool({ name: "get-roots-list", arguments: {} });
  await client.callTool({ name: "echo", arguments: { message: "x".repeat(100_000) } });
  await client.listResources();
  await client.request({ method: "no/such", params: {} }, types.EmptyResultSchema).catch(() => {});
  const stop = new AbortController();
  const slow = client.callTool(
    { name: "trigger-long-running-operation", arguments: { duration: 60, steps: 1 } },
    undefined,
    { signal: stop.signal },
  ).catch(() => {});
  stop.abort();
  await slow;
  await client.ping();
  await client.close();
  return pid;
}

async function of2026() {
  const { Client } = await load("@modelcontextprotocol/client");
  const { StdioClientTransport } = await load("@modelcontextprotocol/client/stdio");
  const server = join(dirname(fileURLToPath(import.meta.url)), "mcp_server.mjs");
  const transport = watch(new StdioClientTransport(command(server, modules)));
  const client = new Client({ name: "client-of-test", version: "1.0.0" }, {
    capabilities: { elicitation: {} },
    versionNegotiation: { mode: "auto" },
  });
  client.setRequestHandler("elicitation/create", () => ({ action: "accept", content: { sure: true } }));
  await client.connect(transport);
  const { pid } = transport;
  await client.listTools();
  await Promise.all(["größe", "日本"].map((text) => client.callTool({ name: "echo", arguments: { text } })));
  await client.callTool({ name: "delete", arguments: { path: "/x" } });
  await client.callTool({ name: "nope", arguments: {} }).catch(() => {});
  await client.close();
  return pid;
}

const pid = await (era === "2025" ? of2025() : of2026());
process.stdout.write(`${JSON.stringify({ pid, messages })}\n`);
