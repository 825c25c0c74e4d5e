/** Text of unknown size: its beginning, and the rest on request. Never HTML. */
import { useState } from "preact/hooks";
import { formatCount } from "../models/format.ts";

const SHOWN = 6000;
/** Laying out more than this makes a page unusable; the raw event has the rest. */
const SHOWN_AT_MOST = 500_000;

interface TextBlockProps {
  readonly text: string;
  readonly mono?: boolean;
}

export function TextBlock({ text, mono = false }: TextBlockProps) {
  const [all, setAll] = useState(false);
  const shown = text.slice(0, all ? SHOWN_AT_MOST : SHOWN);
  return (
    <div class="text-block">
      <pre class={mono ? "mono" : "prose"}>{shown}</pre>
      {shown.length < text.length && !all && (
        <button type="button" class="more" onClick={() => setAll(true)}>
          Show all {formatCount(text.length)} characters
        </button>
      )}
      {all && shown.length < text.length && (
        <p class="hint">
          {formatCount(text.length - shown.length)}{" "}
          more characters are in the recording: agentsight export jsonl
        </p>
      )}
    </div>
  );
}
