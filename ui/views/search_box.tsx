/** Full-text search over prompts and answers. */
import { useRef } from "preact/hooks";
import type { App } from "../models/app.ts";
import { plural } from "../models/format.ts";
import { Icon } from "./icons.tsx";

/** Long enough to type the next letter, short enough to feel immediate. */
const TYPING_MS = 180;

export function SearchBox({ app }: { readonly app: App }) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const input = useRef<HTMLInputElement>(null);
  const search = app.calls.search.value;
  const hits = app.hits.value;
  const later = (text: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void app.search(text), text === "" ? 0 : TYPING_MS);
  };
  return (
    <form class="search" role="search" onSubmit={(event) => event.preventDefault()}>
      <Icon name="search" />
      <label class="quiet" for="search">Search prompts and answers</label>
      <input
        id="search"
        ref={input}
        type="search"
        autocomplete="off"
        spellcheck={false}
        placeholder="Search prompts and answers"
        aria-keyshortcuts="/"
        defaultValue={search?.text ?? ""}
        onInput={({ currentTarget }) => later(currentTarget.value)}
      />
      <kbd aria-hidden="true">/</kbd>
      <output class="search-count">{hits === null ? "" : plural(hits.length, "match")}</output>
    </form>
  );
}
