/** Conversations of both eras over stdio, and the events that they are. */
import { ask, reply, rpc, type Said } from "./talk.ts";

const PROTOCOL = "io.modelcontextprotocol/protocolVersion";
const meta = { _meta: { [PROTOCOL]: "2026-07-28" } };
const served = { _meta: { "io.modelcontextprotocol/serverInfo": { name: "files", version: "3" } } };

export interface Transcript {
  readonly name: string;
  readonly said: readonly Said[];
  readonly events: readonly string[];
  readonly server: string;
  readonly version: string;
}

export const TRANSCRIPTS: readonly Transcript[] = [
  {
    name: "2025-11-25: a session",
    server: "files",
    version: "2025-11-25",
    said: [
      reply("files server running on stdio"),
      ask({
        method: "initialize",
        params: { protocolVersion: "2026-01-01", capabilities: {}, clientInfo: { name: "a", version: "1" } },
        jsonrpc: "2.0",
        id: 0,
      }),
      reply({
        result: {
          protocolVersion: "2025-11-25",
          capabilities: {},
          serverInfo: { name: "files", version: "3" },
        },
        jsonrpc: "2.0",
        id: 0,
      }),
      ask(rpc({ method: "notifications/initialized" }), rpc({ id: 1, method: "tools/list" })),
      reply(rpc({ id: 1, result: { tools: [{ name: "read" }] } })),
      // Two at once, answered the other way round; 2 and "2" are two ids.
      ask(rpc({ id: 2, method: "tools/call", params: { name: "read", arguments: { path: "größe" } } })),
      ask(rpc({ id: "2", method: "resources/read", params: { uri: "a:日本" } })),
      reply(rpc({ method: "notifications/progress", params: { progressToken: 2, progress: 1 } })),
      reply(rpc({ id: "2", result: { contents: [] } })),
      // The server asks with an id that the client uses too.
      reply(rpc({ id: 2, method: "sampling/createMessage", params: { messages: [] } })),
      ask(rpc({ id: 2, result: { role: "assistant", content: { type: "text", text: "ok" } } })),
      reply(rpc({ id: 2, result: { content: [{ type: "text", text: "😀" }] } })),
      reply(rpc({ id: 3, method: "roots/list" })),
      ask(rpc({ id: 3, error: { code: -32601, message: "Method not found" } })),
      // The id again, and cancelled.
      ask(rpc({ id: 2, method: "tools/call", params: { name: "slow" } })),
      ask(rpc({ method: "notifications/cancelled", params: { requestId: 2 } })),
      ask([rpc({ id: 4, method: "ping" }), rpc({ id: 5, method: "x-own/method" })]),
      reply([rpc({ id: 5, error: { code: -32601, message: "no" } }), rpc({ id: 4, result: {} })]),
      reply(rpc({ id: 99, result: {} }), rpc({ error: { code: -32700, message: "Parse error" } })),
    ],
    events: [
      "client→ request initialize 0",
      "server→ response initialize 0 (1 ms)",
      "client→ notification notifications/initialized null",
      "client→ request tools/list 1",
      "server→ response tools/list 1 (1 ms)",
      "client→ request tools/call 2",
      'client→ request resources/read "2"',
      "server→ notification notifications/progress null",
      'server→ response resources/read "2" (2 ms)',
      "server→ request sampling/createMessage 2",
      "client→ response sampling/createMessage 2 (1 ms)",
      "server→ response tools/call 2 (6 ms)",
      "server→ request roots/list 3",
      "client→ error roots/list 3 (1 ms)",
      "client→ request tools/call 2",
      "client→ notification notifications/cancelled null",
      "client→ request ping 4",
      "client→ request x-own/method 5",
      "server→ error x-own/method 5 (1 ms)",
      "server→ response ping 4 (1 ms)",
      "server→ response  99",
      "server→ error  null",
    ],
  },
  {
    name: "2026-07-28: no session",
    server: "files",
    version: "2026-07-28",
    said: [
      ask(rpc({ id: 0, method: "server/discover", params: meta })),
      reply(rpc({ id: 0, result: { supportedVersions: ["2026-07-28"], resultType: "complete", ...served } })),
      ask(rpc({ id: 1, method: "tools/call", params: { name: "book", arguments: { n: 1 }, ...meta } })),
      reply(rpc({
        id: 1,
        result: {
          resultType: "input_required",
          inputRequests: { a: { method: "elicitation/create", params: {} } },
          requestState: "s",
        },
      })),
      ask(rpc({
        id: 2,
        method: "tools/call",
        params: {
          name: "book",
          arguments: { n: 1 },
          requestState: "s",
          inputResponses: { a: { action: "accept" } },
          ...meta,
        },
      })),
      reply(rpc({ id: 2, result: { resultType: "complete", content: [], ...served } })),
      ask(rpc({ id: 3, method: "subscriptions/listen", params: meta })),
      reply(rpc({ method: "notifications/tools/list_changed" })),
    ],
    events: [
      "client→ request server/discover 0",
      "server→ response server/discover 0 (1 ms)",
      "client→ request tools/call 1",
      "server→ response tools/call 1 (1 ms)",
      "client→ request tools/call 2",
      "server→ response tools/call 2 (1 ms)",
      "client→ request subscriptions/listen 3",
      "server→ notification notifications/tools/list_changed null",
    ],
  },
];
