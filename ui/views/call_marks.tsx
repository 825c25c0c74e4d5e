/** What sets a call apart from an ordinary turn of the main conversation. */
import type { CallRow } from "../api.ts";
import type { LlmCalled } from "../../src/event.ts";

/** An old recording's calls have none of these fields. */
type Marked = Partial<Pick<CallRow & LlmCalled, "subagent" | "compacted" | "retry_of" | "purpose">>;

export function CallMarks({ call }: { readonly call: Marked }) {
  const { subagent, compacted, retry_of, purpose } = call;
  const marks = [
    ...(subagent ? ["subagent"] : []),
    ...(retry_of ? ["retry"] : []),
    ...(compacted ? ["compacted"] : []),
    ...(typeof purpose === "string" && !USUAL.has(purpose) ? [purpose] : []),
  ];
  return <>{marks.map((mark) => <span key={mark} class="badge">{mark}</span>)}</>;
}

/** Purposes that are no news, or that a mark says already. */
const USUAL: ReadonlySet<string> = new Set(["main", "turn", "subagent"]);
