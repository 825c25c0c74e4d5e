// deno-lint-ignore-file no-console -- the one place that prints
/** Results go to stdout, everything else to stderr. */

export function print(text: string): void {
  console.log(text);
}

export function say(text: string): void {
  console.error(`agentsight: ${text}`);
}

const encoder = new TextEncoder();

/** For output of any length: false when nobody reads it any more. */
export function tryPrint(text: string): boolean {
  try {
    let rest = encoder.encode(text + "\n");
    while (rest.length > 0) rest = rest.subarray(Deno.stdout.writeSync(rest));
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    return false;
  }
}

/** A write a line would take longer than to make it. */
const WRITTEN = 64 * 1024;

/** Stops when nobody reads any more. */
export function printAll(lines: Iterable<string>): void {
  let waiting: string[] = [];
  let size = 0;
  for (const line of lines) {
    waiting.push(line);
    size += line.length;
    if (size < WRITTEN) continue;
    if (!tryPrint(waiting.join("\n"))) return;
    waiting = [];
    size = 0;
  }
  if (waiting.length > 0) tryPrint(waiting.join("\n"));
}
