/** The `mcp.message` event. Values are as sent: redaction is a later stage's work. */
import { Buffer } from "node:buffer";
import type { Draft, McpMessaged } from "../event.ts";
import type { JsonRpcMessage } from "../protocol/body/json_rpc.ts";
import { isShallow } from "./canonical.ts";

/** What an event says beside the message itself. */
export type About = Omit<
  Draft<McpMessaged>,
  "kind" | "type" | "id" | "params" | "result" | "error" | "complete"
>;

/** JSON text of one value that is kept. */
const MAX_VALUE = 256 << 10;
/** Whoever writes events as JSON has a stack that ends. */
const DEEPEST = 100;

/** `size`: an upper bound of the message's JSON text, in bytes. */
export function mcpEvent(message: JsonRpcMessage, about: About, size: number): Draft<McpMessaged> {
  return {
    kind: "mcp.message",
    ...about,
    type: message.type,
    id: message.type === "notification" ? null : message.id,
    ...valueOf(message, size),
    complete: true,
  };
}

function valueOf(message: JsonRpcMessage, size: number): Pick<McpMessaged, "params" | "result" | "error"> {
  if (message.type === "response") return { result: bounded(message.result, size) };
  if (message.type === "error") return { error: bounded(message.error, size) };
  return message.params === undefined ? {} : { params: bounded(message.params, size) };
}

function bounded(value: unknown, size: number): unknown {
  if (!isShallow(value, DEEPEST)) return { truncated: size };
  if (size <= MAX_VALUE) return value;
  const bytes = Buffer.byteLength(JSON.stringify(value) ?? "");
  return bytes <= MAX_VALUE ? value : { truncated: bytes };
}
