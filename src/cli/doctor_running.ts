/** `doctor` without an argument: TLS libraries and programs in use now. */
import { mappedFiles } from "../capture/mapped_files.ts";
import { isSystemLibrary } from "../capture/system_library.ts";
import { cacheDirectory } from "../targets/cache/cache_directory.ts";
import { resolve, type Verdict } from "../targets/resolve.ts";

export interface Library {
  readonly path: string;
  readonly processes: number;
  readonly seen: boolean;
  readonly verdict: string;
}

interface InUse {
  readonly open: string;
  readonly path: string;
  readonly isSystem: boolean;
  processes: number;
}

export function runningLibraries(): Library[] {
  const files = new Map<string, InUse>();
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) continue;
    for (const { key, open, path } of mappedFiles(Number(name))) {
      const id = `${key.dev}:${key.ino}`;
      const entry = files.get(id) ?? { open, path, isSystem: isSystemLibrary(path, key), processes: 0 };
      entry.processes++;
      files.set(id, entry);
    }
  }
  return [...files.values()].flatMap(({ open, path, isSystem, processes }) =>
    verdicts(resolve(open, { depth: isSystem ? "names" : "contents", cache: cacheDirectory() }))
      .map((line) => ({ path, processes, ...line }))
  );
}

function verdicts(verdict: Verdict): Pick<Library, "seen" | "verdict">[] {
  if (verdict.kind === "gone") return [];
  if (verdict.kind === "unreadable") return [{ seen: false, verdict: `not seen: ${verdict.reason}` }];
  return [
    ...verdict.stacks.map(({ library, method }) => ({
      seen: true,
      verdict: `${library}, seen by ${method}`,
    })),
    ...verdict.refusals.map(({ library, reason }) => ({
      seen: false,
      verdict: `${library}, not seen: ${reason}`,
    })),
  ];
}
