/** `doctor BINARY|PID`: what each verdict rests on. */
import { mappedFiles } from "../capture/mapped_files.ts";
import { FileSource } from "../targets/elf/file_source.ts";
import { resolve, type Verdict } from "../targets/resolve.ts";
import type { HookPoint } from "../targets/target.ts";
import { CliError, ExitCode } from "./exit_code.ts";
import { print } from "./print.ts";
import { type Colors, colorsFor, plain } from "./terminal.ts";

interface Examined {
  readonly path: string;
  readonly bytes: number;
  readonly ms: number;
  readonly verdict: Verdict;
}

/** Exit code 0 when there is plain text to be had, 3 when there is TLS and none of it can be hooked, or no TLS at all. */
export function doctorTarget(target: string, { json }: { readonly json?: true }): number {
  const examined = filesOf(target).map(({ open, path }) => examine(open, path));
  const told = examined.filter(({ verdict }) =>
    examined.length === 1 || verdict.kind === "unreadable" ||
    verdict.kind === "found" && verdict.stacks.length + verdict.refusals.length > 0
  );
  if (json) print(JSON.stringify(told, null, 2));
  else show(target, told, colorsFor(Deno.stdout.isTerminal()));
  const hooked = told.some(({ verdict }) => verdict.kind === "found" && verdict.stacks.length > 0);
  return hooked ? ExitCode.ok : ExitCode.cannotCapture;
}

function filesOf(target: string): { readonly open: string; readonly path: string }[] {
  const isPid = /^\d+$/.test(target);
  const files = isPid ? mappedFiles(Number(target)) : [{ open: target, path: target }];
  if (files.length > 0) return files;
  throw new CliError(`Cannot look into process ${target}: it does not run, or is not yours (sudo shows it)`, {
    code: ExitCode.usage,
  });
}

function examine(open: string, path: string): Examined {
  const bytes = sizeOf(open, path);
  const begun = performance.now();
  // Without the cache: the evidence is what is asked for.
  const verdict = resolve(open, { depth: "contents" });
  return { path, bytes, ms: Math.round(performance.now() - begun), verdict };
}

function sizeOf(open: string, path: string): number {
  try {
    using _readable = new FileSource(open);
    return Deno.statSync(open).size;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`Cannot look into ${path}: ${reason}`, { code: ExitCode.usage });
  }
}

function show(target: string, examined: readonly Examined[], c: Colors): void {
  if (examined.length === 0) print(`${plain(target)}: no TLS in anything it has mapped so far`);
  for (const { path, bytes, ms, verdict } of examined) {
    print(`${c.bold(plain(path))}  ${(bytes / 1e6).toFixed(1)} MB, looked into for ${ms} ms`);
    if (verdict.kind !== "found") {
      print(`${c.yellow("--  ")}  ${verdict.kind === "gone" ? "it is gone" : plain(verdict.reason)}`);
      continue;
    }
    if (verdict.stacks.length + verdict.refusals.length === 0) print("--    no TLS in it");
    for (const { library, method, hooks, evidence } of verdict.stacks) {
      print(`${c.green("ok  ")}  ${plain(library)}, found by ${method}`);
      for (const sentence of evidence) print(`        ${plain(sentence)}`);
      for (const hook of hooks) print(`        hook ${place(hook)}`);
    }
    for (const { library, reason, evidence } of verdict.refusals) {
      print(`${c.yellow("--  ")}  ${plain(library)}, not seen: ${plain(reason)}`);
      for (const sentence of evidence) print(`        ${plain(sentence)}`);
    }
  }
}

function place({ name, offset, when, returns }: HookPoint): string {
  const at = `${plain(name)} at 0x${offset.toString(16)}`;
  if (returns) return `${at}, at its ${returns.length} return instructions`;
  return when === "both" ? `${at}, at entry and return` : `${at}, at ${when}`;
}
