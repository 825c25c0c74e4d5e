/** What all calls of a recording share. */
import type { Draft } from "../event.ts";
import type { MemoryBudget } from "../protocol/byte_buffer.ts";
import type { LossCounter } from "../protocol/losses.ts";
import type { Peers } from "../protocol/reassembly/peers.ts";
import type { History } from "./history.ts";
import type { Lineage } from "./lineage.ts";
import type { OpenCall } from "./open_call.ts";
import type { PriceList } from "./price_list.ts";
import type { ToolLedger } from "./tool_ledger.ts";

export interface CallContext {
  readonly emit: (draft: Draft) => void;
  readonly lineage: Lineage;
  readonly history: History;
  /** Calls with text to tell at the end of the batch. */
  readonly live: Set<OpenCall>;
  readonly tools: ToolLedger;
  readonly losses: LossCounter;
  readonly budget: MemoryBudget;
  readonly peers: Peers;
  readonly prices: PriceList;
  /** Of one body, decoded. */
  readonly bodyLimit: number;
}
