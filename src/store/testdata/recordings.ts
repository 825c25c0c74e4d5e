/** Recordings in directories that last as long as a test. */
import { mkdtempSync, rmSync } from "node:fs";
import type { Event, Micros } from "../../event.ts";
import { event, fileOpened, llmCalled } from "../../testdata/events.ts";
import { Store } from "../store.ts";

export const META = { version: "0.1.0", started: "1000" };

export function inTemp(test: (directory: string) => void): () => void {
  return () => {
    const directory = mkdtempSync("/tmp/agentsight-store-");
    try {
      test(directory);
    } finally {
      rmSync(directory, { recursive: true });
    }
  };
}

export function filled(path: string, events: readonly Event[]): Store {
  const store = Store.create({ path, meta: META });
  store.append(events);
  return store;
}

export const SESSION: readonly Event[] = [
  event("process.exec", 1, { ppid: 1, exe: "/bin/agent", argv: ["agent", "-p"], cwd: "/w", uid: 0, gid: 0 }),
  event("process.fork", 2, { ppid: 1, child: 11, child_start: 1002 as Micros }),
  fileOpened(3, "/w/a"),
  { ...fileOpened(4, "/w/b", "write"), count: 3 } as Event,
  event("net.connect", 5, {
    ...{ family: "inet", addr: "127.0.0.1", port: 443, transport: "stream", latency_us: 90, result: 0 },
  }),
  llmCalled(6, { prompt: "find the walrus", answer: "a walrus\x02 is here" }),
  event("tool.call", 7, { run_by: "agent", id: "t1", name: "bash", input: { cmd: "ls" }, llm_call: "c6" }),
  event("tool.result", 8, {
    run_by: "agent",
    id: "t1",
    name: null,
    is_error: true,
    bytes: 3,
    llm_call: "c9",
  }),
  llmCalled(9, { model: null, cost_usd: null, complete: false, http: { version: "2", status: 500 } }),
  event("llm.delta", 10, { id: "c9", text: "live" }),
  event("loss", 11, { class: "file", reason: "ring full", unit: "events", count: 4 }),
  event("loss", 12, { class: "file", reason: "ring full", unit: "events", count: 2 }),
  event("process.exit", 13, {
    ...{ ppid: 1, code: 0, duration_us: 5, cpu_us: 4, rss_peak_kb: 1, read_bytes: 0, written_bytes: 0 },
  }),
];
