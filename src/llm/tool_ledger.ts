/** Which tool uses are known and which results were reported: every turn repeats all results before it. */
import { Buffer } from "node:buffer";
import type { Message, Part, ToolUse } from "../event.ts";
import { number, object } from "./json.ts";
import { Recent } from "./recent.ts";

const REMEMBERED = 16_384;

export interface ToolResult {
  readonly id: string | null;
  readonly name: string | null;
  readonly is_error: boolean;
  readonly bytes: number;
}

interface Known {
  readonly name: string | null;
  reported: boolean;
}

type Response = Extract<Part, { type: "tool_call_response" }>;

export class ToolLedger {
  readonly #known = new Recent<Known>(REMEMBERED);
  /** Uses of a tool that have no id and no result yet, by its name. */
  readonly #open = new Recent<number>(REMEMBERED);

  /** An id that is used again stands for a new tool use. */
  called(scope: string, { id, name }: ToolUse): void {
    if (id !== null) this.#known.set(`${scope} ${id}`, { name, reported: false });
    else this.#open.set(`${scope} ${name}`, (this.#open.get(`${scope} ${name}`) ?? 0) + 1);
  }

  /** The results in a request that were not reported yet. One without a known tool use must be of the last turn. */
  answered(scope: string, messages: readonly Message[]): ToolResult[] {
    const lastTurn = messages.findLastIndex(({ role }) => role === "assistant") + 1;
    const unseen = new Set<string>();
    return messages.flatMap(({ parts }, index) =>
      parts.filter((part) => part.type === "tool_call_response").flatMap((part) => {
        const fresh = index >= lastTurn;
        const { id } = part;
        return id === null
          ? this.#named(scope, { part, fresh, unseen })
          : this.#result(scope, { part, id, fresh });
      })
    );
  }

  #result(scope: string, { part, id, fresh }: { part: Response; id: string; fresh: boolean }): ToolResult[] {
    const key = `${scope} ${id}`;
    const known = this.#known.get(key);
    if (known ? known.reported : !fresh) return [];
    if (known) known.reported = true;
    else {
      this.#known.set(key, { name: null, reported: true });
      // Clients give ids of their own to uses that came without.
      if (part.name !== undefined) this.#answer(`${scope} ${part.name}`);
    }
    return [resultOf(part, known?.name ?? part.name ?? null)];
  }

  /**
   * A result without an id belongs to the oldest open use of its tool, in the last turn. When none is open it was
   * reported before (the request is tried again), unless no use of the tool was ever seen.
   */
  #named(
    scope: string,
    { part, fresh, unseen }: { part: Response; fresh: boolean; unseen: Set<string> },
  ): ToolResult[] {
    if (!fresh) return [];
    if (part.name === undefined) return [resultOf(part, null)];
    const key = `${scope} ${part.name}`;
    if (this.#open.get(key) === undefined) unseen.add(key);
    const answered = this.#answer(key);
    return answered || unseen.has(key) ? [resultOf(part, part.name)] : [];
  }

  /** Whether there was an open use. */
  #answer(key: string): boolean {
    const open = this.#open.get(key) ?? 0;
    this.#open.set(key, Math.max(0, open - 1));
    return open > 0;
  }
}

function resultOf({ id, response, is_error }: Response, name: string | null): ToolResult {
  return { id, name, is_error: is_error === true, bytes: size(response) };
}

/** UTF-8 bytes of the text, of the binary content, or of the JSON of anything else. */
function size(response: unknown): number {
  if (typeof response === "string") return Buffer.byteLength(response);
  if (Array.isArray(response)) return response.reduce((sum: number, part) => sum + size(part), 0);
  const part = object(response);
  if (part?.type === "text" && typeof part.content === "string") return Buffer.byteLength(part.content);
  if (part?.type === "blob") return number(part.byte_size) ?? 0;
  const value = part?.type === "other" ? part.value : response;
  return Buffer.byteLength(JSON.stringify(value) ?? "");
}
