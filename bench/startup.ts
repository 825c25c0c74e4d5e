/** From the start of the program to all probes attached. */
import { type Bench, Series } from "./bench.ts";
import { agentsight, discard, startTrace } from "./trace_process.ts";

const packed = new URL("../dist/agentsight", import.meta.url).pathname;

export const startup: Bench = {
  name: "startup",
  title: "Start",
  method:
    '`agentsight trace` without arguments on this machine: from exec to its "watching" line, and what it ' +
    "says itself about attaching. From source and, when it is built, the packed program.",
  async run({ quick }) {
    const rows = [];
    for (const [name, command] of [["from source", agentsight], ["packed", [packed]]] as const) {
      if (name === "packed" && !exists(packed)) continue;
      const watching = new Series(`${name}: exec to watching`, "ms", { most: 1000 });
      const attached = new Series(`${name}: capture to all probes attached`, "ms", { most: 1000 });
      for (let i = -1; i < (quick ? 1 : 10); i++) {
        await using trace = await startTrace(["--no-store"], command);
        discard(trace.stdout);
        // The first start fills caches.
        if (i < 0) continue;
        watching.add(trace.watching_ms);
        attached.add(trace.attached_ms);
      }
      rows.push(watching.row, attached.row);
    }
    return rows;
  },
};

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
