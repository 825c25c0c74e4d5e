/** An MCP server of the era without sessions: `node mcp_server.mjs MODULES`. One tool asks back before it acts. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.argv[2], "program.js"));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { acceptedContent, inputRequired, McpServer } = await load("@modelcontextprotocol/server");
const { serveStdio } = await load("@modelcontextprotocol/server/stdio");
const { z } = await load("zod");

serveStdio(() => {
  const server = new McpServer({ name: "server-of-test", version: "2.0.0" });
  server.registerTool("echo", { inputSchema: z.object({ text: z.string() }) }, ({ text }) => ({
    content: [{ type: "text", text }],
  }));
  server.registerTool("delete", { inputSchema: z.object({ path: z.string() }) }, ({ path }, context) => {
    const answer = acceptedContent(context.mcpReq.inputResponses, "sure");
    if (answer) return { content: [{ type: "text", text: `deleted ${path}` }] };
    return inputRequired({
      inputRequests: {
        sure: inputRequired.elicit({
          message: "Sure?",
          requestedSchema: { type: "object", properties: { sure: { type: "boolean" } } },
        }),
      },
    });
  });
  return server;
});
