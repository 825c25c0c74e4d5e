/** The methods of MCP, of both its eras: what tells it from other protocols that speak JSON-RPC. */
import { object } from "../llm/json.ts";
import type { Role } from "../protocol/exchange.ts";

/** Who sends it; "either" is what both do. */
const METHODS: ReadonlyMap<string, Role | "either"> = new Map<string, Role | "either">([
  ...[
    "initialize",
    "server/discover",
    "tools/list",
    "tools/call",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "resources/subscribe",
    "resources/unsubscribe",
    "subscriptions/listen",
    "prompts/list",
    "prompts/get",
    "completion/complete",
    "logging/setLevel",
    "notifications/initialized",
    "notifications/roots/list_changed",
  ].map((method) => [method, "client"] as const),
  ...[
    "sampling/createMessage",
    "roots/list",
    "elicitation/create",
    "notifications/message",
    "notifications/resources/updated",
    "notifications/resources/list_changed",
    "notifications/tools/list_changed",
    "notifications/prompts/list_changed",
    "notifications/elicitation/complete",
    "notifications/subscriptions/acknowledged",
  ].map((method) => [method, "server"] as const),
  ...["ping", "notifications/cancelled", "notifications/progress", "notifications/tasks/status"]
    .map((method) => [method, "either"] as const),
]);

/**
 * Whether this is certainly MCP. Its tasks share their names with another protocol, and so does `initialize`, whose
 * version only MCP writes as a date.
 */
export function isMcp(method: string, params: unknown): boolean {
  if (method === "initialize") return typeof object(params)?.protocolVersion === "string";
  return METHODS.has(method);
}

/** Who sends this method; null when both may. */
export function senderOf(method: string): Role | null {
  const sender = METHODS.get(method) ?? "either";
  return sender === "either" ? null : sender;
}
