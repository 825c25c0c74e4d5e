/** Which uses of tools may still be answered, and what a provider ran by itself. */
import type { Actor, LlmCalled } from "../event.ts";
import { providerFailed } from "../llm/tool_events.ts";

type Process = Pick<Actor, "pid" | "start">;

/** Tool uses whose result may still come. */
const OPEN = 4096;

/** Row numbers by process and id; bounded, oldest out first. */
export class OpenToolUses {
  readonly #uses = new Map<string, number>();

  asked(id: string, { pid, start, use }: Process & { readonly use: number }): void {
    const key = `${pid}:${start} ${id}`;
    this.#uses.delete(key);
    this.#uses.set(key, use);
    if (this.#uses.size <= OPEN) return;
    const [oldest] = this.#uses.keys();
    if (oldest !== undefined) this.#uses.delete(oldest);
  }

  /** The row of a use that has no result yet. */
  of(id: string, { pid, start }: Process): number | null {
    return this.#uses.get(`${pid}:${start} ${id}`) ?? null;
  }

  /** The row that a result belongs to, once. */
  answered(id: string, { pid, start }: Process): number | null {
    const key = `${pid}:${start} ${id}`;
    const use = this.#uses.get(key) ?? null;
    this.#uses.delete(key);
    return use;
  }
}

export interface ProviderToolUse {
  readonly name: string;
  /** Null when the answer does not have its result. */
  readonly failed: boolean | null;
}

/** What the provider ran while it answered, from the parts of the answer. */
export function providerToolUses({ response: { parts } }: LlmCalled): ProviderToolUse[] {
  const results = new Map(
    parts.filter((part) => part.type === "server_tool_call_response").toReversed()
      .map((part) => [part.id, part.server_tool_call_response]),
  );
  return parts.filter((part) => part.type === "server_tool_call").map(({ id, name }) => {
    const result = id === null ? undefined : results.get(id);
    return { name, failed: result === undefined ? null : providerFailed(result) };
  });
}
