/** How `--comm NAME` matches; the kernel does the same for processes that start later (process/lifecycle.bpf.h). */

/** "python" and "python3" match "python3.11": a version suffix, or parts of it, may be left out. */
export function matchesName(wanted: string, name: string): boolean {
  if (!name.startsWith(wanted)) return false;
  const rest = name.slice(wanted.length);
  if (rest === "") return true;
  return /^[0-9.-]+$/.test(rest) && (/^[.-]/.test(rest) || !/[0-9.-]$/.test(wanted));
}
