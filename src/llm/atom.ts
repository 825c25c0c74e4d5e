/** Parts of messages by hash: what makes two of them the same to whoever said them. */
import { createHash } from "node:crypto";
import type { Part } from "../event.ts";

/** Null for what clients leave out when they send an answer back: reasoning, and texts of spaces alone. */
export function atom(part: Part): string | null {
  if (part.type === "reasoning" || (part.type === "other" && /reasoning|thinking/.test(part.name))) {
    return null;
  }
  const content = said(part);
  return content === "" ? null : createHash("sha1").update(`${part.type} ${content}`).digest("base64");
}

function said(part: Part): string {
  switch (part.type) {
    case "text":
      // Spaces around a text are trimmed on the way back.
      return part.content.trim();
    // Without the id: where the provider gives none, clients make their own.
    case "tool_call":
      return JSON.stringify([part.name, part.arguments]);
    case "tool_call_response":
      return JSON.stringify(part.response) ?? "";
    default:
      return JSON.stringify(part);
  }
}
