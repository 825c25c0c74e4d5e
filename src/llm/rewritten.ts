/** Conversations that go on with a history that was changed: cut, edited, or replaced by a summary. */
import type { Message, Part } from "../event.ts";
import { atom } from "./atom.ts";
import { Recent } from "./recent.ts";

export interface Continued {
  readonly continues: string;
  readonly appended: number;
  /** The history is shorter than it was. */
  readonly compacted: boolean;
}

/** An answer, and how many messages stood before it. */
export interface Given {
  readonly id: string;
  readonly position: number;
  readonly parts: readonly Part[];
  /** Of each part. */
  readonly atoms: readonly (string | null)[];
}

const REMEMBERED = 8_192;
/** An answer this long does not stand in another conversation by accident. */
const TELLING = 40;
/** Nor does one this long stand inside a message by accident. */
const SUMMARY = 200;
const SUMMARIES = 64;
const LONGEST_SUMMARY = 65_536;
/** A summary stands at the beginning. */
const FIRST_MESSAGES = 4;

type Known = Pick<Given, "id" | "position">;

export class Rewritten {
  /** By tool use, and by the text of the answer. */
  readonly #answers = new Recent<Known>(REMEMBERED);
  readonly #summaries: { readonly scope: string; readonly id: string; readonly text: string }[] = [];

  answered(scope: string, { id, position, parts, atoms }: Given): void {
    for (const mark of marks(parts, atoms)) this.#answers.set(`${scope} ${mark}`, { id, position });
    const text = textOf(parts);
    if (text.length < SUMMARY || text.length > LONGEST_SUMMARY) return;
    this.#summaries.push({ scope, id, text });
    if (this.#summaries.length > SUMMARIES) this.#summaries.shift();
  }

  find(scope: string, messages: readonly Message[]): Continued | null {
    for (let index = messages.length - 1; index >= 0; index--) {
      const { role, parts } = messages[index]!;
      if (role !== "assistant") continue;
      const known = marks(parts, parts.map(atom)).map((mark) => this.#answers.get(`${scope} ${mark}`)).find((
        at,
      ) => at);
      if (!known) continue;
      const appended = messages.length - index - 1;
      return { continues: known.id, appended, compacted: index < known.position };
    }
    return this.#summarised(scope, messages);
  }

  /** The answer to "summarise this" stands in the first messages of what follows. */
  #summarised(scope: string, messages: readonly Message[]): Continued | null {
    const first = messages.slice(0, FIRST_MESSAGES);
    for (const summary of this.#summaries.toReversed()) {
      if (summary.scope !== scope) continue;
      const at = first.findIndex(({ role, parts }) =>
        role !== "assistant" &&
        parts.some((part) => part.type === "text" && part.content.includes(summary.text))
      );
      if (at >= 0) return { continues: summary.id, appended: messages.length - at - 1, compacted: true };
    }
    return null;
  }
}

/** What tells an answer from all others: its tool uses, its longer texts. */
function marks(parts: readonly Part[], atoms: readonly (string | null)[]): string[] {
  return parts.flatMap((part, i) => {
    if (part.type === "tool_call") return part.id === null ? [] : [`tool ${part.id}`];
    return part.type === "text" && part.content.length >= TELLING ? [`text ${atoms[i]}`] : [];
  });
}

function textOf(parts: readonly Part[]): string {
  return parts.map((part) => part.type === "text" ? part.content : "").join("").trim();
}
