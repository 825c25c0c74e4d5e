/** Requests that wait for their answers. */
import type { Micros } from "../event.ts";
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
  /** Oldest first. */
  readonly #open = new Map<string, Asked>();

  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  /** `scope` tells equal ids apart where several sessions are mixed. */
  asked(id: JsonRpcId, asked: Asked, scope = ""): void {
    const key = keyOf(id, scope);
    this.#open.delete(key);
    this.#open.set(key, asked);
    if (this.#open.size > REMEMBERED) this.#open.delete(this.#open.keys().next().value!);
  }

  has(id: JsonRpcId): boolean {
    return this.#open.has(keyOf(id, ""));
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
