/** How a process ended, in words. */
import type { ProcessRow } from "../api.ts";
import { Icon } from "./icons.tsx";

/** The signals that end processes on Linux, x86-64 and arm64. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  4: "SIGILL",
  6: "SIGABRT",
  7: "SIGBUS",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  14: "SIGALRM",
  15: "SIGTERM",
  24: "SIGXCPU",
  31: "SIGSYS",
};

export function ExitState({ row }: { readonly row: ProcessRow }) {
  if (row.signal !== null) {
    return (
      <span class="status status-error">
        <Icon name="error" />
        {SIGNALS[row.signal] ?? `signal ${row.signal}`}
      </span>
    );
  }
  if (row.code !== null && row.code !== 0) {
    return (
      <span class="status status-error">
        <Icon name="error" />exit {row.code}
      </span>
    );
  }
  if (row.ended !== null) {
    return (
      <span class="status status-ok">
        <Icon name="ok" />exit {row.code ?? "?"}
      </span>
    );
  }
  return (
    <span class="status status-live">
      <Icon name="live" />running
    </span>
  );
}
