/** What options take, read and refused. */
import { InvalidArgumentError } from "commander";

export function port(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 65535) {
    throw new InvalidArgumentError("It must be 0 to 65535.");
  }
  return number;
}

export function count(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 1e9) {
    throw new InvalidArgumentError("It must be a number from 0 on.");
  }
  return number;
}

/** Of a map in the kernel, whose memory is set aside at the start. */
export function entries(value: string): number {
  const number = count(value);
  if (number < 16 || number > 1 << 22) throw new InvalidArgumentError("It must be 16 to 4194304.");
  return number;
}

export function pid(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("It must be a process id.");
  return number;
}

/** "65536", "64K", "32M". */
export function size(value: string): number {
  const match = /^(\d+)([KM]?)$/i.exec(value);
  const unit = { "": 1, K: 1 << 10, M: 1 << 20 }[match?.[2]?.toUpperCase() ?? ""] ?? 1;
  const bytes = Number(match?.[1] ?? NaN) * unit;
  if (!(bytes >= 4096 && bytes <= 1 << 30 && Number.isInteger(Math.log2(bytes)))) {
    throw new InvalidArgumentError("It must be a power of two from 4K to 1024M.");
  }
  return bytes;
}

/** As {@link interval}, but some time. */
export function span(value: string): number {
  const ms = interval(value);
  if (ms === 0) throw new InvalidArgumentError("It must be 100ms to 3600s.");
  return ms;
}

/** "2s", "500ms", "0"; a bare number is seconds. */
export function interval(value: string): number {
  const match = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s)?$/.exec(value);
  const ms = Number(match?.[1] ?? NaN) * (match?.[2] === "ms" ? 1 : 1000);
  if (ms !== 0 && !(ms >= 100 && ms <= 3_600_000)) {
    throw new InvalidArgumentError("It must be 100ms to 3600s, or 0.");
  }
  return ms;
}
