/** The whole of the selected call, and what MCP servers were asked for to carry it out. */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import type { Api, LlmCalled } from "../api.ts";
import { type McpExchange, mcpExchanges } from "./mcp.ts";

/** A conversation may be megabytes: few are kept. */
const MAX_KEPT = 10;
/** MCP messages after a call among which those of its tools are looked for. */
const MCP_MESSAGES = 500;

export class CallDetail {
  readonly #api: Api;
  readonly #kept = new Map<string, LlmCalled>();
  readonly #call = signal<LlmCalled | null>(null);
  readonly #mcp = signal<readonly McpExchange[]>([]);
  #wanted: string | null = null;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Null while it is loading and when nothing is selected. */
  get call(): ReadonlySignal<LlmCalled | null> {
    return this.#call;
  }

  /** Those that carry out a tool use of the call. */
  get mcp(): ReadonlySignal<readonly McpExchange[]> {
    return this.#mcp;
  }

  async open(id: string): Promise<void> {
    this.#wanted = id;
    batch(() => {
      this.#call.value = this.#kept.get(id) ?? null;
      this.#mcp.value = [];
    });
    const call = this.#call.peek() ?? this.#keep(await this.#api.call(id));
    if (this.#wanted === id) this.#call.value = call;
    await this.#readMcp(call);
  }

  #keep(call: LlmCalled): LlmCalled {
    this.#kept.set(call.id, call);
    if (this.#kept.size > MAX_KEPT) {
      for (const oldest of this.#kept.keys()) {
        this.#kept.delete(oldest);
        break;
      }
    }
    return call;
  }

  /** Read again whenever it is opened: tools of the newest call may still be running. */
  async #readMcp({ id, seq, pid, session, response }: LlmCalled): Promise<void> {
    const tools = new Set(response.tool_calls.flatMap((tool) => tool.id === null ? [] : [tool.id]));
    if (tools.size === 0) return;
    // Answers over a pipe are told by the server, another process of the session.
    const of = session === null ? { pid } : { session };
    const page = await this.#api.events({ kind: ["mcp.message"], ...of, after: seq, limit: MCP_MESSAGES });
    if (this.#wanted !== id) return;
    const messages = page.events.filter((event) => event.kind === "mcp.message");
    this.#mcp.value = mcpExchanges(messages).filter(({ tool_call }) =>
      tool_call !== null && tools.has(tool_call)
    );
  }

  close(): void {
    this.#wanted = null;
    this.#call.value = null;
    this.#mcp.value = [];
  }
}
