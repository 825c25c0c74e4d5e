/** What a process did with a file, of the events of one batch. */
import type { Event, FileType } from "../event.ts";

export const FILE_SUMS = [
  /** Opened at all; of them to read and to write: one opened to do both is in both. */
  "opens",
  "reads",
  "writes",
  "created",
  /** Unlinked, or a directory removed. */
  "removed",
  /** It had another name from then on. */
  "renamed",
  /** Another file was renamed or linked to this name. */
  "placed",
  /** Its size, permissions, owner or attributes, or it was mapped to be written. */
  "changed",
  "failed",
  /** The thread died within the call: it may or may not have happened. */
  "uncertain",
  "read_bytes",
  "written_bytes",
] as const;

export type FileSums =
  & Record<typeof FILE_SUMS[number], number>
  & { type: FileType | null; first: number; last: number };

type Four = readonly [number, number, number, number];
/** First and last time, then the sums in the order of {@link FILE_SUMS}. */
type Encoded = readonly [
  path: string,
  type: FileType | null,
  first: number,
  last: number,
  ...Four,
  ...Four,
  ...Four,
];

/** What is kept in `file_sums.files`: {@link Encoded} of each, as JSON; times are from `base` on. */
export function encodeFiles(files: ReadonlyMap<string, FileSums>, base: number): string {
  const rows: Encoded[] = [];
  // Flat literals, here and below: this is done for most events.
  for (const [path, s] of files) {
    // deno-fmt-ignore
    rows.push([
      path, s.type, s.first - base, s.last - base, s.opens, s.reads, s.writes, s.created, s.removed, s.renamed,
      s.placed, s.changed, s.failed, s.uncertain, s.read_bytes, s.written_bytes,
    ]);
  }
  return JSON.stringify(rows);
}

/** What {@link encodeFiles} made. */
export function* decodeFiles(json: string, base: number): Iterable<readonly [path: string, sums: FileSums]> {
  for (const row of JSON.parse(json) as Encoded[]) {
    // deno-fmt-ignore
    const sums = {
      type: row[1], first: base + row[2], last: base + row[3], opens: row[4], reads: row[5], writes: row[6],
      created: row[7], removed: row[8], renamed: row[9], placed: row[10], changed: row[11], failed: row[12],
      uncertain: row[13], read_bytes: row[14], written_bytes: row[15],
    };
    yield [row[0], sums];
  }
}

type Deed = "created" | "removed" | "renamed" | "placed" | "changed";

/** Adds a file event to the sums of a process by path; other events are left alone. */
export function addFile(files: Map<string, FileSums>, event: Event): void {
  switch (event.kind) {
    case "file.open": {
      const count = event.count ?? 1;
      const sums = sumsOf(files, event, event.path);
      if (sums === null) return;
      if (event.type !== undefined && event.type !== "file") sums.type = event.type;
      if (event.result < 0) {
        sums.failed += count;
        return;
      }
      sums.opens += count;
      if (event.access !== "write") sums.reads += count;
      if (event.access !== "read") sums.writes += count;
      if (event.created) sums.created += count;
      return;
    }
    case "file.close": {
      const sums = sumsOf(files, event, event.path);
      if (sums === null) return;
      if (event.type !== undefined && event.type !== "file") sums.type = event.type;
      sums.read_bytes += event.read_bytes;
      sums.written_bytes += event.written_bytes;
      return;
    }
    case "file.unlink":
    case "file.rmdir":
      return done(files, event, { path: event.path, deed: "removed" });
    case "file.mkdir":
    case "file.mknod":
    case "file.symlink":
      return done(files, event, { path: event.path, deed: "created" });
    case "file.truncate":
    case "file.chmod":
    case "file.chown":
    case "file.xattr":
    case "file.mmap":
      return done(files, event, { path: event.path, deed: "changed" });
    case "file.rename":
    case "file.link":
      if (event.kind === "file.rename") done(files, event, { path: event.from, deed: "renamed" });
      return done(files, event, { path: event.to, deed: "placed" });
    default:
      return;
  }
}

/** Pipes and sockets have a name each that nobody gave them, and which says nothing. */
function sumsOf(files: Map<string, FileSums>, event: Event, path: string): FileSums | null {
  let sums = files.get(path);
  if (sums === undefined) {
    if (!path.startsWith("/")) return null;
    sums = newFileSums(event.first_ts ?? event.ts);
    files.set(path, sums);
  }
  sums.last = Math.max(sums.last, event.last_ts ?? event.ts);
  return sums;
}

export function newFileSums(first: number): FileSums {
  // deno-fmt-ignore
  return {
    type: null, first, last: 0, opens: 0, reads: 0, writes: 0, created: 0, removed: 0, renamed: 0, placed: 0,
    changed: 0, failed: 0, uncertain: 0, read_bytes: 0, written_bytes: 0,
  };
}

function done(
  files: Map<string, FileSums>,
  event: Event & { readonly result: number | null },
  { path, deed }: { readonly path: string; readonly deed: Deed },
): void {
  const sums = sumsOf(files, event, path);
  if (sums === null) return;
  const outcome = event.result === null ? "uncertain" : event.result < 0 ? "failed" : deed;
  sums[outcome] += event.count ?? 1;
}
