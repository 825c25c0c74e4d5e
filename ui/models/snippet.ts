/** A search snippet as runs of plain and matching text: matches are between U+0002 and U+0003. */
export interface Run {
  readonly text: string;
  readonly match: boolean;
}

export function snippetRuns(snippet: string): readonly Run[] {
  const runs: Run[] = [];
  let match = false;
  let text = "";
  const close = () => {
    if (text !== "") runs.push({ text, match });
    text = "";
  };
  for (const char of snippet) {
    if (char === "\u0002" || char === "\u0003") {
      close();
      match = char === "\u0002";
    } else {
      text += char;
    }
  }
  close();
  return runs;
}
