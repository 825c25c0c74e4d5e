/** File systems in user space, as a process sees them mounted. */

const line = /^\d+ \d+ (\d+):(\d+) .* - fuse(?:blk)?(?:\.\S+)? /;

/** Their device numbers as the kernel has them; none for a process that has ended. */
export function fuseDevices(pid: number): ReadonlySet<bigint> {
  return new Set(parse(mountInfo(pid)));
}

/** Of the lines of /proc/PID/mountinfo. */
export function parse(text: string): bigint[] {
  return text.split("\n").flatMap((entry) => {
    const match = line.exec(entry);
    return match ? [BigInt(match[1]!) << 20n | BigInt(match[2]!)] : [];
  });
}

function mountInfo(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/mountinfo`);
  } catch {
    return "";
  }
}
