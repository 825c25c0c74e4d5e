/** MCP over HTTP: Streamable HTTP, with sessions and without, and the older HTTP+SSE. */
import { actorOf, urlOf } from "../llm/exchange_event.ts";
import { parseJson, string } from "../llm/json.ts";
import { type JsonRpcId, jsonRpcMessages } from "../protocol/body/json_rpc.ts";
import type { Exchange, ExchangeObserver, ResponseHead, Role } from "../protocol/exchange.ts";
import type { Peers } from "../protocol/reassembly/peers.ts";
import type { McpContext } from "./context.ts";
import type { HttpConversation, McpEndpoints } from "./endpoints.ts";
import { HttpBody } from "./http_body.ts";
import { isMcp } from "./methods.ts";
import { type Asked, Requests } from "./requests.ts";
import { type Sighting, tell } from "./tell.ts";

export interface McpHttpContext extends McpContext {
  readonly endpoints: McpEndpoints;
  readonly peers: Peers;
}

/** Null for an exchange that cannot carry MCP. */
export function mcpObserver(exchange: Exchange, context: McpHttpContext): ExchangeObserver | null {
  const { method, headers } = exchange.request.head;
  const listens = method === "GET" && /text\/event-stream/i.test(headers.get("accept") ?? "");
  const type = headers.get("content-type") ?? "";
  const posts = method === "POST" && (type === "" || /^application\/(?:[\w.-]+\+)?json\b/i.test(type));
  return listens || posts ? new McpHttpExchange(exchange, context) : null;
}

class McpHttpExchange implements ExchangeObserver {
  readonly #exchange: Exchange;
  readonly #context: McpHttpContext;
  readonly #url: string;
  readonly #request: HttpBody;
  #conversation: HttpConversation;
  /** Null when nothing said that the answer is MCP. */
  #response: HttpBody | null = null;
  /** What this exchange asked, answered by itself or on another stream. */
  readonly #asked = new Requests();
  readonly #open = new Set<Asked>();
  /** The request that only its headers told. */
  #unread: Asked | null = null;
  #requestRead = false;

  constructor(exchange: Exchange, context: McpHttpContext) {
    this.#exchange = exchange;
    this.#context = context;
    this.#url = urlOf(exchange);
    this.#conversation = context.endpoints.of(exchange.actor, this.#url);
    const { bodyLimit: limit, budget, losses } = context;
    const { headers } = exchange.request.head;
    this.#request = new HttpBody(headers, {
      limit,
      budget,
      text: (text, bytes) => this.#text(text, { bytes, sender: "client" }),
      // What a client sent may be a call to a model as well: whoever reads those has counted it.
      lost: (reason) => exchange.role === "server" && losses.event("body", reason),
    });
    if ([...headers.keys()].some((name) => name.startsWith("mcp-"))) this.#establish();
    this.#conversation.facts.learnVersion(headers.get("mcp-protocol-version"));
  }

  requestBody(bytes: Uint8Array): void {
    if (!this.#requestRead) this.#request.push(bytes);
  }

  requestGap(): void {
    if (!this.#requestRead) this.#request.gap();
  }

  requestEnd(): void {
    this.#readRequest();
  }

  responseHead(head: ResponseHead): void {
    this.#readRequest();
    const { isMcp } = this.#conversation;
    const listens = this.#exchange.request.head.method === "GET";
    const { bodyLimit: limit, budget, losses } = this.#context;
    const body = new HttpBody(head.headers, {
      limit,
      budget,
      text: (text, bytes) => this.#text(text, { bytes, sender: "server" }),
      lost: (reason) => losses.event("mcp", reason),
    });
    if (listens ? body.streams : isMcp) this.#response = body;
  }

  responseBody(bytes: Uint8Array): void {
    this.#response?.push(bytes);
  }

  responseGap(): void {
    this.#response?.gap();
  }

  end(): void {
    this.#readRequest();
    this.#response?.end({ complete: this.#exchange.response.complete });
    const status = this.#exchange.response.head?.status ?? 0;
    if (status < 400) return;
    // A session that has ended: the client opens another one and asks again.
    for (const { tool, toolCall } of this.#open) {
      if (tool && toolCall !== null) this.#context.joins.reopen(tool.client, toolCall);
    }
  }

  #readRequest(): void {
    if (this.#requestRead) return;
    this.#requestRead = true;
    const { complete, gaps, head } = this.#exchange.request;
    this.#request.end({ complete });
    const method = head.headers.get("mcp-method");
    if (method !== undefined && (gaps > 0 || !complete) && this.#open.size === 0) this.#tellUnread(method);
  }

  /** The body is lost; since 2026 the headers say what was asked. */
  #tellUnread(method: string): void {
    const { about, facts } = this.#sighting("client", 0);
    this.#unread = { method, ts: about.ts, tool: null, toolCall: null };
    this.#context.emit({
      kind: "mcp.message",
      ...about,
      type: "request",
      method,
      id: null,
      server: facts.name,
      protocol_version: facts.protocolVersion,
      duration_ms: null,
      tool_call: null,
      complete: false,
    });
  }

  #text(text: string, { bytes, sender }: { bytes: number; sender: Role }): void {
    const value = parseJson(text);
    const messages = jsonRpcMessages(value);
    if (messages.some((message) => "method" in message && isMcp(message.method, message.params))) {
      this.#establish();
    }
    if (value === undefined && sender === "server" && this.#announced(text)) return;
    if (!this.#conversation.isMcp) {
      // Somebody else's events.
      if (sender === "server") this.#response?.drop();
      return;
    }
    if (value === undefined) return this.#context.losses.event("mcp", "unreadable");
    for (const message of messages) tell(message, this.#sighting(sender, bytes), this.#context);
  }

  #establish(): void {
    if (this.#conversation.isMcp) return;
    const found = { url: this.#url, conversation: this.#conversation };
    this.#conversation = this.#context.endpoints.establish(this.#exchange.actor, found);
  }

  /** The first event of the older transport is an address, not JSON. */
  #announced(named: string): boolean {
    const listens = this.#exchange.request.head.method === "GET";
    if (!listens || this.#conversation.isMcp || !/^(?:\/|https?:)/.test(named)) return false;
    const from = { stream: this.#url, named };
    const conversation = this.#context.endpoints.announced(this.#exchange.actor, from);
    if (conversation) this.#conversation = conversation;
    return conversation !== null;
  }

  #sighting(sender: Role, bytes: number): Sighting {
    const { role, last: ts, conn, actor: { pid, start } } = this.#exchange;
    const { facts, transport } = this.#conversation;
    return {
      about: {
        ...actorOf(this.#exchange),
        ts,
        transport,
        role,
        direction: sender === role ? "send" : "recv",
        peer: this.#context.peers.of(conn),
        endpoint: this.#url,
      },
      facts,
      client: role === "client" ? { pid, start } : null,
      server: this.#url.replace(/[?#].*$/s, ""),
      bytes,
      asked: (id, asked) => this.#ask(id, { asked, sender }),
      answered: (id) => this.#answered(id, sender),
    };
  }

  #ask(id: JsonRpcId, { asked, sender }: { asked: Asked; sender: Role }): void {
    const conversation = this.#conversation;
    if (sender === "server") return conversation.server.asked(id, asked, this.#session());
    this.#open.add(asked);
    this.#asked.asked(id, asked);
    conversation.client.asked(id, asked, this.#session());
  }

  #answered(id: JsonRpcId, sender: Role): Asked | null {
    const { client, server } = this.#conversation;
    const session = this.#session();
    if (sender === "client") return server.answered(id, session);
    const own = this.#asked.answered(id);
    if (!own) {
      const unread = this.#unread;
      this.#unread = null;
      return unread ?? client.answered(id, session);
    }
    this.#open.delete(own);
    client.forget(id, own, session);
    return own;
  }

  /** Tells the equal ids of several sessions at one endpoint apart, where there are sessions. */
  #session(): string {
    const { request, response } = this.#exchange;
    const name = "mcp-session-id";
    return string(request.head.headers.get(name) ?? response.head?.headers.get(name)) ?? "";
  }
}
