/** Conversations over HTTP: one for each endpoint that a process uses or serves. */
import type { Actor } from "../event.ts";
import { Recent } from "../llm/recent.ts";
import { Requests } from "./requests.ts";
import { ServerFacts } from "./server_facts.ts";

const REMEMBERED = 1_024;

/** Never told by the session's id: since 2026 there is none. */
export class HttpConversation {
  readonly facts = new ServerFacts();
  /** Asked by the client, answered on another stream than the one that the request opened. */
  readonly client = new Requests();
  /** Asked by the server. */
  readonly server = new Requests();
  readonly transport: "http" | "sse";
  /** Something that only MCP has was seen. */
  isMcp = false;

  constructor(transport: "http" | "sse") {
    this.transport = transport;
  }
}

export class McpEndpoints {
  readonly #known = new Recent<HttpConversation>(REMEMBERED);

  /** What is known of the endpoint, or a conversation that may turn out to be none. */
  of(process: Actor, url: string): HttpConversation {
    return this.#known.get(keyOf(process, url)) ?? new HttpConversation("http");
  }

  /** It is MCP: from now on it is known. Another exchange may have found out before. */
  establish(
    process: Actor,
    { url, conversation }: { url: string; conversation: HttpConversation },
  ): HttpConversation {
    const key = keyOf(process, url);
    const known = conversation.transport === "sse" ? conversation : this.#known.get(key) ?? conversation;
    known.isMcp = true;
    this.#known.set(key, known);
    return known;
  }

  /** The older transport: a stream of answers named where to post the requests. Null when `named` is no address. */
  announced(process: Actor, { stream, named }: { stream: string; named: string }): HttpConversation | null {
    if (!URL.canParse(named, stream)) return null;
    const conversation = new HttpConversation("sse");
    return this.establish(process, { url: new URL(named, stream).href, conversation });
  }
}

function keyOf({ pid, start }: Actor, url: string): string {
  return `${pid}:${start} ${URL.canParse(url) ? new URL(url).href : url}`;
}
