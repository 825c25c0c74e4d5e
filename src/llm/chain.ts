/** A conversation so far, by a hash that does not depend on how its answers were cut up. */
import { createHash } from "node:crypto";
import type { Part } from "../event.ts";
import { atom } from "./atom.ts";

export interface Chain {
  readonly hash: string;
  /** Of an answer that the hash does not have yet, because more of it may follow. */
  readonly text: string;
}

export const NOTHING_SAID: Chain = { hash: "", text: "" };

/**
 * Clients split answers into messages as they like, and some send the text back in the pieces it was streamed in, or
 * each without the spaces around it: what counts is the order of the parts, and the text without its spaces.
 */
export function extended(chain: Chain, role: string, part: Part): Chain {
  if (role === "assistant" && part.type === "text") {
    const more = part.content.replace(/\s+/g, "");
    return more === "" ? chain : { hash: chain.hash, text: chain.text + more };
  }
  const next = atom(part);
  return next === null ? chain : { hash: link(closed(chain), role, next), text: "" };
}

/** The hash with all that was said. */
export function closed({ hash, text }: Chain): string {
  return text === "" ? hash : link(hash, "assistant", text);
}

function link(hash: string, role: string, next: string): string {
  return createHash("sha1").update(`${hash} ${role} ${next}`).digest("base64");
}
