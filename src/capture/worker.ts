/** The capture worker: loads the probes, drains the rings, and does nothing that could make it wait. */
import { Epoll } from "../../ffi/epoll.ts";
import { openLibbpf } from "../../ffi/libbpf.ts";
import { openLibc } from "../../ffi/libc.ts";
import { LibbpfLog } from "../../ffi/log.ts";
import { bootNow } from "./clock.ts";
import { Discovery } from "./discovery.ts";
import { exeKeys } from "./exe_keys.ts";
import { KernelLosses } from "./losses.ts";
import type { CaptureOptions, FromCapture, Round, ToCapture } from "./messages.ts";
import { Probes } from "./probes.ts";
import { WorkerRecords } from "./worker_records.ts";
import type { Micros } from "../event.ts";

const BATCH_BYTES = 4 << 20;
/** Rounds on their way to the pipeline, per ring: five seconds of a busy machine for control. */
const CREDIT_BYTES = 64 << 20;
const LOSS_INTERVAL_MS = 500;
const IDLE_WAIT_MS = 100;
/** A moment between rounds lets records gather: waking for each one costs more than the record. */
const GATHER_MS = 2;

const port = self as unknown as {
  postMessage(message: FromCapture, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToCapture>) => void) | null;
  close(): void;
};

let outstanding = 0;
let stopping = false;

port.onmessage = ({ data }) => {
  if (data.type === "credit") outstanding -= data.bytes;
  else if (data.type === "stop") stopping = true;
  else {
    capture(data.options).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      port.postMessage({ type: "failed", message });
    });
  }
};

async function capture(options: CaptureOptions): Promise<void> {
  const started = performance.now();
  const libc = openLibc();
  const lib = openLibbpf();
  using _log = new LibbpfLog(lib, libc, (level, text) => {
    if (level !== "debug") port.postMessage({ type: "log", level, text });
  });
  using probes = await Probes.load({ lib, libc }, options);
  probes.select(options.select, exeKeys(options.select.exes));
  const discovery = new Discovery(probes, { libc, options });
  probes.attachProcess();
  const tracked = discovery.begin((options.boot + bootNow(libc)) as Micros);
  port.postMessage({
    type: "ready",
    sleepable: probes.sleepable,
    libraries: discovery.hooked,
    tracked,
    elapsed_ms: performance.now() - started,
    ring_bytes: probes.ringBytes,
  });
  using epoll = new Epoll(libc, probes.ringFds);
  const losses = new KernelLosses(probes.losses, probes.cpus);
  const records = new WorkerRecords(options.boot);
  let lossesDue = 0;
  for (;;) {
    const last = stopping;
    const busy = round(last);
    if (last && !busy) break;
    if (!busy) {
      discovery.explainNext();
      await epoll.wait(IDLE_WAIT_MS);
    }
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
  }
  port.postMessage({ type: "stopped" });

  /** One pass over both rings; false when there was nothing to pass on. */
  function round(last: boolean): boolean {
    if (outstanding >= CREDIT_BYTES && !last) return false;
    // Facts that preceded this plain text are in the control ring by now, and are drained before it.
    const until = probes.payload.position();
    const control = probes.control.drain(BATCH_BYTES);
    if (control) records.visit(control, discovery);
    const caughtUp = control === null || control.byteLength < BATCH_BYTES / 2;
    const payload = caughtUp ? probes.payload.drain(BATCH_BYTES, until) : null;
    const due = last || performance.now() >= lossesDue;
    if (due) lossesDue = performance.now() + LOSS_INTERVAL_MS;
    const message: Round = {
      type: "round",
      libraries: discovery.libraries.splice(0),
      drafts: discovery.drafts.splice(0),
      control,
      payload,
      losses: due ? losses.take() : [],
    };
    const parts = [control, payload].filter((part) => part !== null);
    const isEmpty = !parts.length && !message.drafts.length && !message.losses.length &&
      !message.libraries.length;
    if (isEmpty) return false;
    outstanding += parts.reduce((sum, part) => sum + part.byteLength, 0);
    port.postMessage(message, parts.map((part) => part.buffer));
    return true;
  }
}
