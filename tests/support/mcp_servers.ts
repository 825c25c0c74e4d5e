/** The official MCP servers, to be started by an agent or waiting for it on loopback, and uses of their tools. */
import { join } from "node:path";
import type { ToolRequest } from "../../samples/llm/script.ts";
import { installed, node, npmProgram } from "./agent_installs.ts";
import { everything } from "./mcp_session.ts";

interface Uses {
  /** Turn by turn; of one turn at once. */
  readonly uses: readonly (readonly ToolRequest[])[];
}

export type McpServer =
  & Uses
  & AsyncDisposable
  & ({
    readonly transport: "stdio";
    readonly command: string;
    readonly args: readonly string[];
  } | {
    readonly transport: "http" | "sse";
    readonly url: string;
  });

const filesystem = npmProgram("mcp-filesystem", {
  version: "2026.8.31",
  package: "@modelcontextprotocol/server-filesystem",
  file: "dist/index.js",
});

/** Over stdio the server of files, below `directory`; over HTTP the one that has something of everything. */
export async function startMcpServer(
  transport: McpServer["transport"],
  directory: string,
): Promise<McpServer> {
  const command = await installed(node("20.20.2"));
  if (transport === "stdio") {
    const args = [await installed(filesystem), directory];
    return { transport, command, args, uses: fileUses(directory), async [Symbol.asyncDispose]() {} };
  }
  const [mode, path] = transport === "http" ? ["streamableHttp", "mcp"] : ["sse", "sse"];
  const port = freePort();
  const child = new Deno.Command(command, {
    args: [await installed(everything), mode],
    env: { PORT: `${port}` },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  await until(child.stderr, "on port");
  return {
    transport,
    url: `http://127.0.0.1:${port}/${path}`,
    uses: [
      [use("echo", { message: 'größe 日本 😀\n"quoted"' })],
      [
        use("get-sum", { a: 1, b: 2 }),
        use("get-sum", { a: 3, b: "four" }),
        use("echo", { message: "again" }),
      ],
    ],
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

/** One alone; then three at once, of which one fails. */
function fileUses(directory: string): ToolRequest[][] {
  const path = join(directory, "größe 日本.txt");
  return [
    [use("write_file", { path, content: 'a "b"\n😀\n' })],
    [
      use("read_text_file", { path }),
      use("read_text_file", { path: join(directory, "missing.txt") }),
      use("list_directory", { path: directory }),
    ],
  ];
}

function use(name: string, input: ToolRequest["input"]): ToolRequest {
  return { name, input };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Reads on for good, so that nobody waits for a reader. */
async function until(stream: ReadableStream<Uint8Array<ArrayBuffer>>, words: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let said = "";
  const read = async () => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      said = `${said}${text}`.slice(-10_000);
      if (said.includes(words)) resolve();
    }
    reject(new Error(`The MCP server ended: ${said}`));
  };
  void read();
  await promise;
}
