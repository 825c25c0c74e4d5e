/** Agents that an agent starts: the prompt of a tool use becomes the first message of a conversation of its own. */
import type { Message, Part } from "../event.ts";

/** Shorter inputs (a command, a path) stand in prompts by accident. */
const SHORTEST = 20;
/** Shorter ones are a prompt only when they are all there is. */
const EMBEDDED = 80;
const REMEMBERED = 256;
const LONGEST = 65_536;

interface Prompt {
  readonly scope: string;
  readonly tool: string;
  readonly text: string;
}

export class Spawned {
  readonly #prompts: Prompt[] = [];

  /** What tool uses of an answer say to others. */
  answered(scope: string, parts: readonly Part[]): void {
    for (const part of parts) {
      if (part.type !== "tool_call" || part.id === null) continue;
      const { id: tool, arguments: input } = part;
      if (typeof input !== "object" || input === null) continue;
      for (const value of Object.values(input)) {
        const text = typeof value === "string" ? value.trim() : "";
        if (text.length < SHORTEST || text.length > LONGEST) continue;
        this.#prompts.push({ scope, tool, text });
        if (this.#prompts.length > REMEMBERED) this.#prompts.shift();
      }
    }
  }

  /** The tool use whose input is what the first user message of a new conversation says. */
  by(scope: string, messages: readonly Message[]): string | null {
    const first = messages.find(({ role }) => role === "user");
    if (!first || messages.some(({ role }) => role === "assistant")) return null;
    for (const part of first.parts) {
      if (part.type !== "text") continue;
      const text = part.content.trim();
      const prompt = this.#prompts.findLast((known) =>
        known.scope === scope &&
        (known.text === text ||
          (known.text.length >= EMBEDDED && (text.startsWith(known.text) || text.endsWith(known.text))))
      );
      if (prompt) return prompt.tool;
    }
    return null;
  }
}
