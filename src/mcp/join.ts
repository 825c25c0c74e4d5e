/**
 * Which of the model's tool calls an MCP `tools/call` carries out. Few agents say so. Otherwise they belong together when
 * the process that asked the model asks the server, soon after, for a tool of that name with the same arguments.
 */
import type { Draft, Micros, ToolAnswered, ToolCalled } from "../event.ts";
import { object, string } from "../llm/json.ts";
import { Recent } from "../llm/recent.ts";
import { digest } from "./canonical.ts";

/** A process, as records name it. */
export interface Process {
  readonly pid: number;
  readonly start: Micros;
}

/** What a client asks a server for. */
export interface ToolRequest {
  /** The process that asks; null when it is not known. */
  readonly client: Process | null;
  /** What is always the same server: its process, or its URL. */
  readonly server: string;
  readonly name: string;
  /** Equal for equal arguments. */
  readonly input: string;
  /** The id of the model's call, where the client says it. */
  readonly told: string | null;
}

/** Where Codex 0.169 and Claude Code 2.1.330 put the id of the model's call in a request's `_meta`. */
const TOLD_IN = ["callId", "claudecode/toolUseId"];

interface ModelCall {
  readonly id: string;
  readonly process: string;
  readonly name: string;
  readonly input: string;
  readonly ts: Micros;
}

/** Model calls that wait for their request: those of tools that are not MCP's never get one. */
const REMEMBERED = 4_096;
/** Users are asked for permission in between, and may be away. */
const MAX_WAIT_US = 3_600_000_000;

export class ToolJoins {
  readonly #waiting = new Map<string, ModelCall>();
  /** Those with a request, in case that it is made again. */
  readonly #taken = new Recent<ModelCall | null>(REMEMBERED);
  /** What an agent puts before the names of a server's tools → the server. */
  readonly #prefixes = new Recent<string>(REMEMBERED);

  toolCalled(draft: Draft<ToolCalled>): void {
    const input = digest(draft.input ?? {});
    if (draft.id === null || input === null) return;
    const process = keyOf(draft);
    const { id, ts } = draft;
    if (this.#taken.get(`${process} ${id}`) === null) return;
    this.#wait({ id, process, name: asToolName(draft.name), input, ts });
  }

  /** What is answered waits no longer. */
  toolAnswered(draft: Draft<ToolAnswered>): void {
    if (draft.id === null) return;
    const key = `${keyOf(draft)} ${draft.id}`;
    this.#waiting.delete(key);
    this.#taken.delete(key);
  }

  /** The id of the model's call; each is given once. `serverName`: as the server calls itself. */
  match(
    request: ToolRequest,
    at: { readonly ts: Micros; readonly serverName: string | null },
  ): string | null {
    if (request.client === null) return null;
    const process = keyOf(request.client);
    if (request.told !== null) return this.#told(request.told, process);
    const name = asToolName(request.name);
    let best: { readonly call: ModelCall; readonly prefix: string; readonly rank: number } | null = null;
    for (const call of this.#waiting.values()) {
      if (call.process !== process || call.input !== request.input) continue;
      const wait = at.ts - call.ts;
      const prefix = prefixOf(call.name, name);
      if (wait < 0 || wait > MAX_WAIT_US || prefix === null) continue;
      const rank = this.#rank(prefix, { process, server: request.server, serverName: at.serverName });
      if (best === null || rank > best.rank || (rank === best.rank && call.ts < best.call.ts)) {
        best = { call, prefix, rank };
      }
    }
    if (best === null) return null;
    const { call, prefix } = best;
    this.#waiting.delete(`${process} ${call.id}`);
    this.#taken.set(`${process} ${call.id}`, call);
    if (prefix !== "") this.#prefixes.set(`${process} ${prefix}`, request.server);
    return call.id;
  }

  /** The agent may not have read the answer to its end, from where the call is known here: it waits for nothing then. */
  #told(id: string, process: string): string {
    const key = `${process} ${id}`;
    const call = this.#waiting.get(key) ?? this.#taken.get(key);
    this.#waiting.delete(key);
    this.#taken.set(key, call ?? null);
    return id;
  }

  /** The request did not get its result, and will be made again for the same call. */
  reopen(client: Process | null, id: string): void {
    if (client === null) return;
    const key = `${keyOf(client)} ${id}`;
    const call = this.#taken.get(key);
    this.#taken.delete(key);
    if (call) this.#wait(call);
  }

  #wait(call: ModelCall): void {
    const key = `${call.process} ${call.id}`;
    this.#waiting.delete(key);
    this.#waiting.set(key, call);
    if (this.#waiting.size > REMEMBERED) this.#waiting.delete(this.#waiting.keys().next().value!);
  }

  /** Two servers may have a tool of the same name: how well the prefix fits this one. */
  #rank(prefix: string, of: { process: string; server: string; serverName: string | null }): number {
    if (prefix === "") return 1;
    if (of.serverName !== null && asToolName(of.serverName).toLowerCase() === prefix.toLowerCase()) return 3;
    const known = this.#prefixes.get(`${of.process} ${prefix}`);
    // Not impossible: a server that was started again is another one.
    if (known !== undefined) return known === of.server ? 2 : 0;
    return 1;
  }
}

/** Null unless the parameters are those of a `tools/call`. */
export function toolRequest(
  params: unknown,
  between: { readonly client: Process | null; readonly server: string },
): ToolRequest | null {
  const call = object(params);
  const name = string(call?.name);
  const input = digest(call?.arguments ?? {});
  const meta = object(call?._meta);
  const told = TOLD_IN.map((key) => string(meta?.[key])).find((id) => id !== null) ?? null;
  return name === null || input === null ? null : { ...between, name, input, told };
}

function keyOf({ pid, start }: Process): string {
  return `${pid}:${start}`;
}

/** Providers allow letters, digits, `_` and `-`; agents put `_` for the others, and Codex for `-` too. */
function asToolName(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, "_");
}

/** `server` of `mcp__server__tool`, `server_tool`, `server-tool` and `mcp__server.tool`; "" of `tool`, null of another. */
function prefixOf(called: string, tool: string): string | null {
  if (called === tool) return "";
  if (!called.endsWith(tool) || called.at(-tool.length - 1) !== "_") return null;
  let end = called.length - tool.length;
  while (end > 0 && called[end - 1] === "_") end--;
  const prefix = called.slice(0, end);
  const named = /^mcp_{1,2}/.exec(prefix)?.[0] ?? "";
  return prefix.slice(named.length);
}
