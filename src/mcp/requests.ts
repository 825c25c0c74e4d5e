/** Requests that wait for their answers. */
import type { Micros } from "../event.ts";
import { Recent } from "../llm/recent.ts";
import type { JsonRpcId } from "../protocol/body/json_rpc.ts";
import type { ToolRequest } from "./join.ts";

export interface Asked {
  readonly method: string;
  readonly ts: Micros;
  /** Of a `tools/call`. */
  readonly tool: ToolRequest | null;
  /** The model's tool call that it carries out. */
  toolCall: string | null;
}

/** A server that answers late may owe as many; more were lost. */
const REMEMBERED = 1024;

/** What went one way. An id that is used again stands for the later request. */
export class Requests {
  readonly #open = new Recent<Asked>(REMEMBERED);

  /** `scope` tells equal ids apart where several sessions are mixed. */
  asked(id: JsonRpcId, asked: Asked, scope = ""): void {
    this.#open.set(keyOf(id, scope), asked);
  }

  has(id: JsonRpcId): boolean {
    return this.#open.get(keyOf(id, "")) !== undefined;
  }

  /** Each is answered once. */
  answered(id: JsonRpcId, scope = ""): Asked | null {
    const key = keyOf(id, scope);
    const asked = this.#open.get(key) ?? null;
    this.#open.delete(key);
    return asked;
  }

  forget(id: JsonRpcId, asked: Asked, scope: string): void {
    const key = keyOf(id, scope);
    if (this.#open.get(key) === asked) this.#open.delete(key);
  }
}

/** 1 and "1" are two ids. */
function keyOf(id: JsonRpcId, scope: string): string {
  return `${scope} ${JSON.stringify(id)}`;
}
