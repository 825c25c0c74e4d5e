/** How numbers, times and sizes are written. Absent values are a dash, never 0. */
import type { Micros } from "../../src/event.ts";

export const ABSENT = "–";

export function formatCount(value: number | null): string {
  if (value === null) return ABSENT;
  return value.toLocaleString("en-US");
}

/** At most four characters and a unit: 999, 1.2k, 34k, 5.6M. */
export function formatShort(value: number | null): string {
  if (value === null) return ABSENT;
  if (value < 1000) return String(value);
  if (value < 999_500) return `${trim(value / 1000)}k`;
  if (value < 999_500_000) return `${trim(value / 1e6)}M`;
  return `${trim(value / 1e9)}G`;
}

function trim(value: number): string {
  return value < 9.95 ? value.toFixed(1).replace(/\.0$/, "") : value.toFixed(0);
}

/** US dollars, as the terminal writes them: four decimals below one dollar, small sums two significant digits. */
export function formatCost(value: number | null): string {
  if (value === null) return ABSENT;
  if (value === 0) return "$0";
  if (value >= 0.01) return `$${value.toFixed(value < 1 ? 4 : 2)}`;
  if (value < 0.000_01) return "<$0.00001";
  return `$${Number(value.toPrecision(2)).toFixed(Math.min(6, 1 - Math.floor(Math.log10(value))))}`;
}

export function formatMs(value: number | null): string {
  if (value === null) return ABSENT;
  return formatSpan(value * 1000);
}

/** Output tokens a second; an older recording has none. */
export function formatRate(value: number | null | undefined): string {
  if (value === null || value === undefined) return ABSENT;
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} tokens/s`;
}

/** A length of time in microseconds. */
export function formatSpan(micros: number): string {
  const ms = micros / 1000;
  if (ms < 1) return `${Math.round(micros)} µs`;
  if (ms < 999.5) return `${ms < 9.95 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds < 9.995 ? seconds.toFixed(2) : seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function formatBytes(value: number): string {
  if (value < 1000) return `${value} B`;
  if (value < 999_500) return `${trim(value / 1000)} kB`;
  if (value < 999_500_000) return `${trim(value / 1e6)} MB`;
  return `${trim(value / 1e9)} GB`;
}

/** Local wall-clock time, to the second or to the millisecond. */
export function formatClock(ts: Micros | number, precision: "s" | "ms" = "s"): string {
  const date = new Date(ts / 1000);
  const text = [date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => String(n).padStart(2, "0"))
    .join(":");
  return precision === "s" ? text : `${text}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

export function formatDate(ts: Micros | number): string {
  const date = new Date(ts / 1000);
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return `${parts.map((n) => String(n).padStart(2, "0")).join("-")} ${formatClock(ts)}`;
}

/** A command line a shell would accept. */
export function formatArgv(argv: readonly string[]): string {
  return argv.map((word) => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`).join(
    " ",
  );
}

/** Pretty JSON; a string that is not JSON stays as it is. */
export function formatJson(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value, null, 2) ?? String(value);
}

/** `1 call`, `2 calls`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : /(s|ch)$/.test(noun) ? "es" : "s"}`;
}
