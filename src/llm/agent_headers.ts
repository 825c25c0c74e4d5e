/** What agents say of a call in headers of their own: whose conversation it is, and which of their loops asks. */
import type { Headers } from "../protocol/exchange.ts";

export interface AgentWords {
  readonly conversation: string | null;
  /** Null when nothing tells. */
  readonly subagent: boolean | null;
  /** The client's own word for why it asks: `main`, `compaction`, `auxiliary`… */
  readonly purpose: string | null;
  /** The client says that the history before was replaced by something shorter. */
  readonly compacted: boolean;
  /** The official clients count their retries. */
  readonly retry: boolean;
}

/** Claude Code; Codex; others that name it plainly. */
const CONVERSATION = ["x-claude-code-session-id", "session-id", "session_id", "x-session-id", "thread-id"];
/** Claude Code sets an agent's id for all but its main loop; Codex names the kind of the subagent. */
const SUBAGENT = [
  "x-claude-code-agent-id",
  "x-claude-code-parent-agent-id",
  "x-openai-subagent",
  "x-codex-parent-thread-id",
];
const PURPOSE = ["x-claude-code-request-class", "x-openai-subagent"];
const COMPACTED = ["x-claude-code-context-compacted", "x-cc-context-compacted"];

export function agentWords(headers: Headers): AgentWords {
  const first = (names: readonly string[]) =>
    names.map((name) => headers.get(name)).find((value) => value) ?? null;
  const purpose = first(PURPOSE);
  const named = first(SUBAGENT) !== null || purpose === "subagent" || purpose === "workflow";
  return {
    conversation: first(CONVERSATION),
    subagent: named ? true : purpose === "main" ? false : null,
    purpose,
    compacted: first(COMPACTED) !== null,
    retry: Number(headers.get("x-stainless-retry-count") ?? 0) > 0,
  };
}
