/** What agents say of a call in headers of their own: whose conversation it is, and which of their loops asks. */
import type { Headers } from "../protocol/exchange.ts";
import { object, parseJson, string } from "./json.ts";

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

/** Codex: a JSON object about the turn. */
const TURN = "x-codex-turn-metadata";

export function agentWords(headers: Headers): AgentWords {
  const turn = object(parseJson(headers.get(TURN) ?? ""));
  const first = (names: readonly string[]) =>
    names.map((name) => headers.get(name)).find((value) => value) ?? null;
  const purpose = first(PURPOSE) ?? string(turn?.request_kind);
  const named = first(SUBAGENT) !== null || purpose === "subagent" || purpose === "workflow";
  return {
    conversation: first(CONVERSATION) ?? string(turn?.session_id),
    subagent: named ? true : purpose === "main" || purpose === "turn" ? false : null,
    purpose,
    compacted: first(COMPACTED) !== null,
    retry: Number(headers.get("x-stainless-retry-count") ?? 0) > 0,
  };
}
