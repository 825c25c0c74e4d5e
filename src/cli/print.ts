// deno-lint-ignore-file no-console -- the one place that prints
/** Results go to stdout, everything else to stderr. */

export function print(text: string): void {
  console.log(text);
}

export function say(text: string): void {
  console.error(`agentsight: ${text}`);
}
