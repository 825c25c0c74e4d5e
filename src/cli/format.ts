/** Numbers and times as people read them. */
import type { Micros, Usage } from "../event.ts";

const grouped = new Intl.NumberFormat("en-US");

export function count(value: number): string {
  return grouped.format(value);
}

/** "1 call", "2 calls". */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${
    value === 1 ? "" : noun.endsWith("s") || noun.endsWith("ch") ? "es" : "s"
  }`;
}

export function dollars(value: number | null): string {
  if (value === null) return "unpriced";
  if (value === 0) return "$0";
  return `$${value < 0.01 ? value.toPrecision(2) : value.toFixed(value < 1 ? 4 : 2)}`;
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round(ms % 60_000 / 1000)} s`;
}

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  if (value < 1 << 20) return `${(value / 1024).toFixed(1)} KiB`;
  if (value < 1 << 30) return `${(value / (1 << 20)).toFixed(1)} MiB`;
  return `${(value / (1 << 30)).toFixed(1)} GiB`;
}

/** Local time of day with milliseconds. */
export function timeOfDay(ts: Micros): string {
  const date = new Date(ts / 1000);
  const pad = (n: number, digits = 2) => String(n).padStart(digits, "0");
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${
    pad(date.getMilliseconds(), 3)
  }`;
}

/** Local date and time, to the second. */
export function dateAndTime(ts: Micros): string {
  const date = new Date(ts / 1000);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return `${day.map((n) => String(n).padStart(2, "0")).join("-")} ${timeOfDay(ts).slice(0, 8)}`;
}

/** "1,200 in · 5 out"; a count that was not reported is left out. */
export function tokensInOut({ input_tokens, output_tokens }: Usage): string {
  const known = [
    ...(input_tokens === null ? [] : [`${count(input_tokens)} in`]),
    ...(output_tokens === null ? [] : [`${count(output_tokens)} out`]),
  ];
  return known.length === 0 ? "no usage" : known.join(" · ");
}
