/** What all MCP conversations of a recording share. */
import type { Draft } from "../event.ts";
import type { MemoryBudget } from "../protocol/byte_buffer.ts";
import type { LossCounter } from "../protocol/losses.ts";
import type { ToolJoins } from "./join.ts";

export interface McpContext {
  readonly emit: (draft: Draft) => void;
  readonly joins: ToolJoins;
  readonly losses: LossCounter;
  readonly budget: MemoryBudget;
  /** Of one body, decoded, and of one line. */
  readonly bodyLimit: number;
}
