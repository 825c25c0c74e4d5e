/** The reassemble and interpret stages together: captured bytes in; exchanges, LLM calls, tool use and MCP messages out. */
import type { Draft, Micros } from "./event.ts";
import { MemoryBudget } from "./protocol/byte_buffer.ts";
import { Connection, type Spoken } from "./protocol/connection.ts";
import {
  type Exchange,
  type ExchangeObserver,
  type RequestHead,
  type SocketObserver,
  UNKNOWN_METHOD,
} from "./protocol/exchange.ts";
import { type Loss, LossCounter } from "./protocol/losses.ts";
import { together } from "./protocol/observers.ts";
import { Halves } from "./protocol/reassembly/halves.ts";
import { Peers } from "./protocol/reassembly/peers.ts";
import { Connections } from "./protocol/reassembly/connections.ts";
import type { StreamRecord } from "./protocol/stream_record.ts";
import type { CallContext } from "./llm/call_context.ts";
import { CallObserver } from "./llm/call_observer.ts";
import { exchangeEvent } from "./llm/exchange_event.ts";
import { History } from "./llm/history.ts";
import { Lineage } from "./llm/lineage.ts";
import type { OpenCall } from "./llm/open_call.ts";
import { PriceList } from "./llm/price_list.ts";
import { ResponsesSocket } from "./llm/responses_socket.ts";
import { ToolLedger } from "./llm/tool_ledger.ts";
import { McpEndpoints } from "./mcp/endpoints.ts";
import { type McpHttpContext, mcpObserver } from "./mcp/http.ts";
import { ToolJoins } from "./mcp/join.ts";
import { StdioMcp } from "./mcp/stdio.ts";

export interface InterpreterLimits {
  /** Connections followed at once: the least recently used one is given up. */
  readonly connections: number;
  /** Bytes of one body, decoded. */
  readonly body: number;
  /** Bytes that all bodies and waiting records may hold together. */
  readonly memory: number;
}

const LIMITS: InterpreterLimits = { connections: 4_096, body: 64 << 20, memory: 256 << 20 };

export class Interpreter {
  readonly #losses = new LossCounter();
  readonly #connections: Connections;
  readonly #halves: Halves;
  readonly #peers = new Peers();
  #spoken: Spoken[] = [];
  #asked: RequestHead[] = [];
  readonly #live = new Set<OpenCall>();
  readonly #stdio: StdioMcp;
  #drafts: Draft[] = [];

  constructor(limits: Partial<InterpreterLimits> = {}) {
    const { connections, body, memory } = { ...LIMITS, ...limits };
    const losses = this.#losses;
    const budget = new MemoryBudget(memory);
    this.#halves = new Halves({ losses, budget });
    const joins = new ToolJoins();
    const emit = (draft: Draft) => {
      if (draft.kind === "tool.call" && draft.run_by === "agent") joins.toolCalled(draft);
      else if (draft.kind === "tool.result" && draft.run_by === "agent") joins.toolAnswered(draft);
      this.#drafts.push(draft);
    };
    const lineage = new Lineage();
    const tools = new ToolLedger();
    const peers = this.#peers;
    const history = new History();
    const live = this.#live;
    const context: CallContext = {
      emit,
      lineage,
      history,
      live,
      tools,
      losses,
      budget,
      peers,
      prices: new PriceList(),
      bodyLimit: body,
    };
    const spoke = (spoken: Spoken) => void this.#spoken.push(spoken);
    const mcp = { ...context, joins, endpoints: new McpEndpoints() };
    this.#stdio = new StdioMcp(mcp);
    const observe = (exchange: Exchange) => {
      this.#asked.push(exchange.request.head);
      return observer(exchange, mcp);
    };
    const observeSocket = (upgrade: Exchange) => socketObserver(upgrade, context);
    const talk = { observe, observeSocket, losses, spoke, budget, messageLimit: body };
    this.#connections = new Connections({
      open: (opened) => new Connection(opened, talk),
      budget,
      losses,
      limit: connections,
    });
  }

  /** Events in the order in which they happened. Record bytes may be reused after the call. */
  push(records: readonly StreamRecord[]): Draft[] {
    this.#asked = [];
    for (const record of records) this.#follow(this.#halves.push(record));
    return this.#take();
  }

  /** Gives up waiting where it took too long; `final` also ends what is unfinished, as incomplete. */
  flush(now: Micros, options: { final: boolean }): Draft[] {
    this.#follow(this.#halves.flush(options.final ? Infinity as Micros : now));
    this.#connections.flush(now, options);
    this.#stdio.flush(now, options);
    return this.#take();
  }

  /** What could not be read since the last call. */
  takeLosses(): Loss[] {
    return this.#losses.take();
  }

  /** Connections whose first bytes told what they speak, since the last call. */
  takeSpoken(): Spoken[] {
    return this.#spoken.splice(0);
  }

  /** Heads of the requests that began in the last push: what is secret in them, an answer may repeat. */
  takeAsked(): RequestHead[] {
    return this.#asked.splice(0);
  }

  #follow(records: readonly StreamRecord[]): void {
    for (const record of records) {
      if (record.type === "bind") this.#peers.learn(record.conn, record);
      else if (record.type === "exit") {
        this.#connections.push(record);
        this.#stdio.push(record);
      } else if (this.#stdio.wants(record)) this.#stdio.push(record);
      else if (record.type !== "reader" && record.type !== "writer") this.#connections.push(record);
      if (record.type === "close") this.#peers.forget(record.conn);
    }
  }

  #take(): Draft[] {
    for (const call of this.#live) call.flush();
    this.#live.clear();
    const drafts = this.#drafts;
    this.#drafts = [];
    return drafts;
  }
}

/** Sockets that the traced process opened may carry calls. */
function socketObserver(upgrade: Exchange, context: CallContext): SocketObserver {
  return upgrade.role === "client" ? new ResponsesSocket(upgrade, context) : UNHEARD;
}

const UNHEARD: SocketObserver = { message() {}, gap() {}, end() {} };

/** Every exchange becomes an event, after what was found in it: calls, and messages to tools. */
function observer(exchange: Exchange, context: CallContext & McpHttpContext): ExchangeObserver {
  const { method } = exchange.request.head;
  const mayCall = exchange.role === "client" && (method === "POST" || method === UNKNOWN_METHOD);
  const call = mayCall ? new CallObserver(exchange, context) : null;
  const messages = mcpObserver(exchange, context);
  const told = {
    ...UNTOLD,
    end: () => context.emit(exchangeEvent(exchange, context.peers.of(exchange.conn))),
  };
  return together([...(call ? [call] : []), ...(messages ? [messages] : []), told]);
}

const UNTOLD = {
  requestBody() {},
  requestGap() {},
  requestEnd() {},
  responseHead() {},
  responseBody() {},
  responseGap() {},
};
