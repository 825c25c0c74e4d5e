/** JSON-RPC 2.0: what a JSON value is as a message. Fields the standard does not know are ignored. */

export type JsonRpcId = string | number | null;

export type JsonRpcMessage =
  | { readonly type: "request"; readonly id: JsonRpcId; readonly method: string; readonly params: unknown }
  | { readonly type: "notification"; readonly method: string; readonly params: unknown }
  | { readonly type: "response"; readonly id: JsonRpcId; readonly result: unknown }
  /** `id` is null when the request could not be read. */
  | { readonly type: "error"; readonly id: JsonRpcId; readonly error: unknown };

/** The messages of a value: one, those of a batch, or none when it is something else. */
export function jsonRpcMessages(value: unknown): JsonRpcMessage[] {
  const values = Array.isArray(value) ? value : [value];
  return values.map(jsonRpcMessage).filter((message) => message !== null);
}

/** Null for anything but one message. */
export function jsonRpcMessage(value: unknown): JsonRpcMessage | null {
  if (typeof value !== "object" || value === null) return null;
  const { jsonrpc, id, method, params, result, error } = value as Readonly<Record<string, unknown>>;
  if (jsonrpc !== "2.0" || !(id === undefined || isId(id))) return null;
  if (typeof method === "string") {
    return id === undefined
      ? { type: "notification", method, params }
      : { type: "request", id, method, params };
  }
  if (method !== undefined) return null;
  // Some servers send both, one of them null.
  if (error !== undefined && error !== null) return { type: "error", id: id ?? null, error };
  return id === undefined || result === undefined ? null : { type: "response", id, result };
}

function isId(id: unknown): id is JsonRpcId {
  return id === null || typeof id === "string" || typeof id === "number";
}
