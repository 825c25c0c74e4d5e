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

  /** An id that is used again stands for a new tool use. */
  called(scope: string, { id, name }: ToolUse): void {
    if (id !== null) this.#known.set(`${scope} ${id}`, { name, reported: false });
  }

  /** The results in a request that were not reported yet. One without a known tool use must be of the last turn. */
  answered(scope: string, messages: readonly Message[]): ToolResult[] {
    const lastTurn = messages.findLastIndex(({ role }) => role === "assistant") + 1;
    return messages.flatMap(({ parts }, index) =>
      parts.filter((part) => part.type === "tool_call_response").flatMap((part) =>
        this.#result(scope, { part, fresh: index >= lastTurn })
      )
    );
  }

  #result(scope: string, seen: { part: Response; fresh: boolean }): ToolResult[] {
    const { id, response, is_error } = seen.part;
    const key = `${scope} ${id}`;
    const known = id === null ? undefined : this.#known.get(key);
    if (known ? known.reported : !seen.fresh) return [];
    if (known) known.reported = true;
    else if (id !== null) this.#known.set(key, { name: null, reported: true });
    return [{ id, name: known?.name ?? null, is_error: is_error === true, bytes: size(response) }];
  }
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
