/** What the scripted model says, independent of the API it is asked through. */
export interface Turn {
  /** Reasoning shown before the answer. */
  readonly thinking?: string;
  readonly text: string;
  readonly tools?: readonly ToolRequest[];
  readonly usage: TurnUsage;
}

export interface ToolRequest {
  /** Made up in the API's own form when absent. */
  readonly id?: string;
  readonly name: string;
  /** Where the Responses API groups tools. */
  readonly namespace?: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Token counts; each API reports them in its own arrangement. */
export interface TurnUsage {
  /** Neither read from a cache nor written to one. */
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** Includes `reasoning`. */
  readonly output: number;
  readonly reasoning: number;
}

/** The bundled demo: look around and draft, then publish and clean up, then report. */
export const demoScript: readonly Turn[] = [
  {
    thinking: "Three notes to merge. A sorted draft first, then the final name.",
    text: "I'll read the notes and draft the report first.",
    tools: [{
      name: "bash",
      input: {
        command: "printf 'naïve cache: fixed\\nlatency: 12 ms\\nuptime: 99.9 %%\\n' > notes.txt\n" +
          "date > scratch.tmp\n" +
          "sort notes.txt > draft.md && wc -l draft.md",
      },
    }],
    usage: { input: 412, cacheRead: 0, cacheWrite: 1536, output: 148, reasoning: 31 },
  },
  {
    text: "The draft is sorted. Next I publish it, clean up and ask which models are available.",
    tools: [{
      name: "bash",
      input: {
        command: "mv draft.md report.md\n" +
          "rm scratch.tmp\n" +
          'curl --silent --show-error --fail --http1.1 "$LLM_ORIGIN/v1/models" --output models.json\n' +
          "ls",
      },
    }],
    usage: { input: 187, cacheRead: 1536, cacheWrite: 240, output: 112, reasoning: 0 },
  },
  {
    text:
      "Done ✔ – report.md holds the three sorted notes (the naïve cache is fixed), the scratch file is gone, " +
      "and the list of models is in models.json.",
    usage: { input: 96, cacheRead: 1776, cacheWrite: 0, output: 57, reasoning: 0 },
  },
];
