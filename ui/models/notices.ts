/** What went wrong and what to do about it, one notice a subject. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { ApiError } from "../api.ts";

export interface Notice {
  readonly subject: string;
  readonly text: string;
  readonly remedy: string;
  readonly retry: (() => void) | null;
}

export class Notices {
  readonly #list = signal<readonly Notice[]>([]);

  get list(): ReadonlySignal<readonly Notice[]> {
    return this.#list;
  }

  /** Runs `action`; its failure becomes a notice with a retry, its success takes the notice away. */
  async guard(subject: string, action: () => Promise<void>): Promise<boolean> {
    try {
      await action();
      this.clear(subject);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#put({
        subject,
        text: `Cannot ${subject}: ${error.message}.`,
        remedy: remedyFor(error.status),
        retry: () => void this.guard(subject, action),
      });
      return false;
    }
  }

  clear(subject: string): void {
    if (this.#list.peek().some((notice) => notice.subject === subject)) {
      this.#list.value = this.#list.peek().filter((notice) => notice.subject !== subject);
    }
  }

  #put(notice: Notice): void {
    this.#list.value = [...this.#list.peek().filter(({ subject }) => subject !== notice.subject), notice];
  }
}

function remedyFor(status: number | null): string {
  if (status === null) {
    return "Is agentsight still running? Start it again, or open a recording: agentsight view.";
  }
  if (status === 401 || status === 403) {
    return "Open the whole URL that agentsight printed when it started: it carries the access token.";
  }
  if (status === 404) return "It may be in another recording, or not finished yet.";
  if (status >= 500) return "The reason is in agentsight's own output, in the terminal it runs in.";
  return "Change the request and try again.";
}
