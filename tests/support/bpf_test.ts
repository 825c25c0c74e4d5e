/** Tests that load real probes, and so need root. */

/** Under CI these fail where they cannot run; elsewhere, without root, they say so and are skipped. */
export function bpfTest(name: string, run: (t: Deno.TestContext) => Promise<void>): void {
  const isRoot = Deno.uid() === 0;
  const ignore = !isRoot && !isCi();
  if (ignore) Deno.stderr.writeSync(new TextEncoder().encode(`skipped, needs root: ${name}\n`));
  Deno.test({
    name,
    ignore,
    fn(t) {
      if (!isRoot) throw new Error("Cannot test capture: not root, and CI must not skip it");
      return run(t);
    },
  });
}

/** Whether what cannot run must fail. */
export function isCi(): boolean {
  return !["", "false", undefined].includes(Deno.env.get("CI"));
}
