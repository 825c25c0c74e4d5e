/** Parts of messages by hash: what makes two of them the same to whoever said them. */
import { createHash } from "node:crypto";
import type { Part } from "../event.ts";

/** Null for what clients leave out when they send an answer back: reasoning, and texts of spaces alone. */
export function atom(part: Part): string | null {
  if (part.type === "reasoning" || (part.type === "other" && /reasoning|thinking/.test(part.name))) {
    return null;
  }
  // Spaces around a text are trimmed on the way back.
  const content = part.type === "text" ? part.content.trim() : JSON.stringify(part);
  return content === "" ? null : createHash("sha1").update(`${part.type} ${content}`).digest("base64");
}
