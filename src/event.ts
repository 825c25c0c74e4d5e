/**
 * Everything that flows through AgentSight: the event contract shared by `--json`, the store and the API.
 *
 * Events are past-tense facts and are never changed once emitted; a later stage adds events of its own.
 * Times are Unix microseconds, sizes bytes, and an absent value is `null` or a missing key, never 0.
 */
import type { FileEvent } from "./event/file.ts";
import type { HealthEvent } from "./event/health.ts";
import type { LlmEvent } from "./event/llm.ts";
import type { McpMessaged } from "./event/mcp.ts";
import type { NetworkEvent } from "./event/network.ts";
import type { ProcessEvent } from "./event/process.ts";

export type * from "./event/file.ts";
export type * from "./event/head.ts";
export type * from "./event/health.ts";
export type * from "./event/llm.ts";
export type * from "./event/mcp.ts";
export type * from "./event/network.ts";
export type * from "./event/process.ts";
export type { Message, Part, Reference, ToolDefinition, ToolUse, Usage } from "./message.ts";

export type Event = ProcessEvent | FileEvent | NetworkEvent | LlmEvent | McpMessaged | HealthEvent;

export type Kind = Event["kind"];

/** An event before the correlate stage has given it its number and its session. */
export type Draft<E extends Event = Event> = E extends Event ? Omit<E, "seq" | "session"> : never;
