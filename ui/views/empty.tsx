/** What will be here, and how to make it appear. */
import type { ComponentChildren } from "preact";
import type { App } from "../models/app.ts";

interface EmptyProps {
  readonly title: string;
  readonly command?: string;
  readonly children?: ComponentChildren;
}

export function Empty({ title, command, children }: EmptyProps) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {command !== undefined && <pre>{command}</pre>}
    </div>
  );
}

/** Before the recording was read. */
export function Loading({ app }: { readonly app: App }) {
  if (app.notices.list.value.length === 0) return <Empty title="Reading the recording…" />;
  return <Empty title="Nothing to show yet">The message above says why, and what to do.</Empty>;
}
