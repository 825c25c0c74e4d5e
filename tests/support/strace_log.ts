/** The lines of `strace -f -ttt -o`, calls that were interrupted by others joined again. Total: what is no line is left out. */
import { constants } from "node:os";
import { after, splitArguments } from "./strace_text.ts";

export interface StraceCall {
  readonly type: "call";
  readonly tid: number;
  readonly name: string;
  readonly args: readonly string[];
  /** 0 or more, a negative errno, or null when it did not return. */
  readonly result: number | null;
  /** All that stands behind the equals sign. */
  readonly answer: string;
  /** Numbers of the lines where it began and ended, from 1. */
  readonly begins: number;
  readonly ends: number;
}

/** A thread ended. */
export interface StraceExit {
  readonly type: "exit";
  readonly tid: number;
  readonly code?: number;
  readonly signal?: number;
  readonly core?: boolean;
  readonly begins: number;
  readonly ends: number;
}

export type StraceFact = StraceCall | StraceExit;

/** Errors that only the kernel itself should see, and whose calls begin again. */
const interrupted = /^\? ERESTART/;
const signals: Readonly<Record<string, number>> = constants.signals;
const errors: Readonly<Record<string, number>> = { ...constants.errno, ENOTSUPP: 524 };

/** Facts in the order in which they ended. */
export function parseStrace(log: string): StraceFact[] {
  const facts: StraceFact[] = [];
  const begun = new Map<number, { readonly text: string; readonly line: number }>();
  log.split("\n").forEach((text, index) => {
    const line = index + 1;
    const match = /^(\d+) +[\d.]+ (.*)$/s.exec(text);
    if (!match) return;
    const tid = Number(match[1]);
    // What a first thread did when another replaced it is not ended by strace, nor is its line.
    const rest = /\d+ +[\d.]+ (\+\+\+ superseded by execve in pid \d+ \+\+\+)$/.exec(match[2]!)?.[1] ??
      match[2]!;
    const resumed = /^<\.\.\. \w+ resumed>/.exec(rest);
    const start = begun.get(tid);
    // The other is an execve of a thread, which goes on under the number of the first.
    const pause = / <(?:unfinished|pid changed to \d+) \.\.\.>$/.exec(rest);
    if (pause) {
      begun.set(tid, { text: rest.slice(0, pause.index), line });
    } else if (rest.startsWith("+++ superseded by execve in pid ")) {
      const by = Number(/in pid (\d+)/.exec(rest)?.[1]);
      const call = begun.get(by);
      if (call) begun.set(tid, call);
      begun.delete(by);
    } else if (rest.startsWith("+++ ")) {
      const cut = start && toCall(`${start.text}) = ?`, tid, { begins: start.line, ends: line });
      if (cut) facts.push(cut);
      begun.delete(tid);
      facts.push({ type: "exit", tid, ...ending(rest), begins: line, ends: line });
    } else if (!rest.startsWith("--- ")) {
      const whole = resumed && start ? start.text + rest.slice(resumed[0].length) : rest;
      const call = toCall(whole, tid, { begins: resumed && start ? start.line : line, ends: line });
      if (resumed) begun.delete(tid);
      if (call) facts.push(call);
    }
  });
  return facts;
}

function ending(text: string): { code?: number; signal?: number; core?: boolean } {
  const exited = /exited with (\d+)/.exec(text);
  if (exited) return { code: Number(exited[1]) };
  const killed = /killed by (\w+)/.exec(text);
  const signal = signalNumber(killed?.[1] ?? "");
  return { ...(signal === null ? {} : { signal }), ...(text.includes("core dumped") ? { core: true } : {}) };
}

/** `SIGTERM` or a number. */
export function signalNumber(name: string): number | null {
  return signals[name] ?? (/^\d+$/.test(name) ? Number(name) : null);
}

function toCall(
  text: string,
  tid: number,
  at: { readonly begins: number; readonly ends: number },
): StraceCall | null {
  const open = text.indexOf("(");
  const name = text.slice(0, open);
  if (open < 0 || !/^\w+$/.test(name)) return null;
  const close = after(text, open);
  const answer = /^\s*= (.*)$/s.exec(text.slice(close))?.[1];
  if (answer === undefined || interrupted.test(answer)) return null;
  const error = /^-1 (E\w+)/.exec(answer)?.[1];
  const value = /^(0x[0-9a-f]+|-?\d+)/.exec(answer)?.[1];
  const result = error !== undefined ? -(errors[error] ?? NaN) : value === undefined ? null : Number(value);
  return {
    type: "call",
    tid,
    name,
    args: splitArguments(text.slice(open + 1, close - 1)),
    result,
    answer,
    ...at,
  };
}
