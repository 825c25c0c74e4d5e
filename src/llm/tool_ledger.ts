/** Which tool uses are known and which results were reported: every turn repeats all results before it. */
import { Buffer } from "node:buffer";
import type { Message, Part } from "../event.ts";
import { number, object } from "./json.ts";
import { Recent } from "./recent.ts";

const REMEMBERED = 16_384;
/** Uses of one tool without a result. */
const MAX_OPEN = 256;

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

export interface Called {
  /** As the provider gave it. */
  readonly id: string | null;
  readonly name: string;
  /** What the use is known by in our events. */
  readonly own: string;
}

type Response = Extract<Part, { type: "tool_call_response" }>;

export class ToolLedger {
  readonly #known = new Recent<Known>(REMEMBERED);
  /** Our ids of a tool's uses that came without and have no result yet, by its name, oldest first. */
  readonly #open = new Recent<string[]>(REMEMBERED);

  /** An id that is used again stands for a new tool use. */
  called(scope: string, { id, name, own }: Called): void {
    if (id !== null) return this.#known.set(`${scope} ${id}`, { name, reported: false });
    const open = this.#open.get(`${scope} ${name}`) ?? [];
    this.#open.set(`${scope} ${name}`, [...open.slice(-MAX_OPEN + 1), own]);
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
    if (known) {
      known.reported = true;
      return [resultOf(part, { id, name: known.name ?? part.name ?? null })];
    }
    this.#known.set(key, { name: null, reported: true });
    // Clients give ids of their own to uses that came without.
    const own = part.name === undefined ? null : this.#answer(`${scope} ${part.name}`);
    return [resultOf(part, { id: own ?? id, name: part.name ?? null })];
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
    if (part.name === undefined) return [resultOf(part, { id: null, name: null })];
    const key = `${scope} ${part.name}`;
    if (this.#open.get(key) === undefined) unseen.add(key);
    const id = this.#answer(key);
    return id !== null || unseen.has(key) ? [resultOf(part, { id, name: part.name })] : [];
  }

  /** The oldest open use. */
  #answer(key: string): string | null {
    const [oldest, ...younger] = this.#open.get(key) ?? [];
    this.#open.set(key, younger);
    return oldest ?? null;
  }
}

function resultOf({ response, is_error }: Response, of: Pick<ToolResult, "id" | "name">): ToolResult {
  return { ...of, is_error: is_error === true, bytes: size(response) };
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
