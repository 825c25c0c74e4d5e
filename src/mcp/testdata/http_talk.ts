/** MCP over HTTP, written down as requests and answers, and what is told of it. */
import type { Micros } from "../../event.ts";
import { ACTOR, bytesOf, join, recv, send, T0, type Turn } from "../../llm/testdata/wire.ts";
import { Connection } from "../../protocol/connection.ts";
import type { Exchange, ExchangeObserver } from "../../protocol/exchange.ts";
import { Connections } from "../../protocol/reassembly/connections.ts";
import { Peers } from "../../protocol/reassembly/peers.ts";
import type { StreamRecord } from "../../protocol/stream_record.ts";
import { McpEndpoints } from "../endpoints.ts";
import { mcpObserver } from "../http.ts";
import { mcpContext, rpc } from "./talk.ts";

const NOTHING: ExchangeObserver = {
  requestBody() {},
  requestGap() {},
  requestEnd() {},
  responseHead() {},
  responseBody() {},
  responseGap() {},
  end() {},
};

export function follow(
  input: readonly StreamRecord[],
  calls: readonly { id: string; name: string; input: unknown }[] = [],
) {
  const context = mcpContext();
  const http = { ...context, endpoints: new McpEndpoints(), peers: new Peers() };
  for (const call of calls) {
    http.joins.toolCalled({
      ...ACTOR,
      ts: T0 as Micros,
      kind: "tool.call",
      run_by: "agent",
      llm_call: "c",
      ...call,
    });
  }
  const connections = new Connections({
    open: (opened) =>
      new Connection(opened, {
        observe: (exchange: Exchange) => mcpObserver(exchange, http) ?? NOTHING,
        observeSocket: () => ({ message() {}, gap() {}, end() {} }),
        losses: context.losses,
        spoke() {},
        budget: context.budget,
        messageLimit: 1 << 20,
      }),
    budget: context.budget,
    losses: context.losses,
    limit: 10,
  });
  for (const record of input) {
    if (record.type !== "bind" && record.type !== "reader") connections.push(record);
  }
  connections.flush(T0 + 60_000_000 as Micros, { final: true });
  const losses = context.losses.take().map(({ class: area, reason, count }) => `${area} ${reason} ${count}`);
  return { drafts: context.drafts, losses, held: context.budget.used };
}

export const SESSION = { "mcp-session-id": "f00", "mcp-protocol-version": "2025-11-25" };
export const INIT = rpc({ id: 0, method: "initialize", params: { protocolVersion: "2025-11-25" } });
export const WELCOME = rpc({
  id: 0,
  result: { protocolVersion: "2025-11-25", serverInfo: { name: "files" } },
});

export function reply(body: unknown, { status = 200, headers = {} as Record<string, string> } = {}): Turn {
  const bytes = body instanceof Uint8Array ? body : bytesOf(body === "" ? "" : JSON.stringify(body));
  const type = body === "" ? {} : { "content-type": "application/json" };
  const fields = Object.entries({ ...type, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`).join(
    "",
  );
  const head = bytesOf(`HTTP/1.1 ${status} X\r\n${fields}content-length: ${bytes.length}\r\n\r\n`);
  return recv(join([head, bytes]));
}

/** The end of a stream closes the connection. */
export function events(...all: readonly (string | object)[]): Turn {
  const text = all.map((event) =>
    typeof event === "string" ? event : `event: message\ndata: ${JSON.stringify(event)}\n\n`
  );
  const chunks = text.map((event) => `${bytesOf(event).length.toString(16)}\r\n${event}\r\n`).join("");
  const head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
  return recv(`${head}${chunks}0\r\n\r\n`);
}

export function get(path: string, headers: Readonly<Record<string, string>> = {}): Turn {
  const fields = { host: "mcp.test", accept: "text/event-stream", ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return send(`GET ${path} HTTP/1.1\r\n${lines}\r\n`);
}

export const call = (id: unknown, name: string, args: unknown, more: object = {}) =>
  rpc({ id, method: "tools/call", params: { name, arguments: args, ...more } });

export const COMPLETE = {
  resultType: "complete",
  _meta: { "io.modelcontextprotocol/serverInfo": { name: "files" } },
};
export const modern = (method: string, name?: string) => ({
  "mcp-protocol-version": "2026-07-28",
  "mcp-method": method,
  ...(name === undefined ? {} : { "mcp-name": name }),
});
