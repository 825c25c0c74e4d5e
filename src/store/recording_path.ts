import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Micros } from "../event.ts";
import { causeOf, StoreError } from "./store_error.ts";

export const BASE = "/var/lib/agentsight";

/** Who may read a recording besides root. */
export interface Owner {
  readonly user: string;
  readonly gid: number;
}

/** `<base>/<user>/<UTC date and time>.sqlite`. */
export function recordingPath(
  { user, now, base = BASE }: { user: string; now: Micros; base?: string },
): string {
  const [date, time] = new Date(now / 1000).toISOString().slice(0, -1).split("T") as [string, string];
  return join(userDirectory(user, base), `${date}T${time.replace(/[:.]/g, "-")}.sqlite`);
}

/** Newest first; empty when there is none or it may not be read. */
export function listRecordings({ user, base = BASE }: { user: string; base?: string }): string[] {
  const directory = userDirectory(user, base);
  try {
    return readdirSync(directory).filter((name) => name.endsWith(".sqlite")).sort().reverse()
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}

export function latestRecording(options: { user: string; base?: string }): string | null {
  return listRecordings(options)[0] ?? null;
}

/**
 * Makes the directory of `path` for its owner: root's alone to change, the owner's group to read. Every existing
 * part must be a real directory, and from `base` on one that only its owner, us or root, can change.
 */
export function prepareDirectory(
  path: string,
  { owner, base = BASE }: { owner: Owner; base?: string },
): void {
  const directory = dirname(path);
  for (const part of ancestors(directory)) {
    const own = part === base || part.startsWith(base + "/");
    if (own && makeMissing(part)) {
      if (part === directory && Deno.uid() === 0) chownSync(part, 0, owner.gid);
      chmodSync(part, part === directory ? 0o750 : 0o755);
    }
    checkDirectory(part, own);
  }
}

function userDirectory(user: string, base: string): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}\$?$/.test(user)) {
    throw new StoreError(
      `Cannot keep recordings for ${JSON.stringify(user)}: it is no user name. Use --db PATH`,
    );
  }
  return join(base, user);
}

/** `/a`, `/a/b`, …, the directory itself. */
function ancestors(directory: string): string[] {
  const parts = directory.split("/").filter((part) => part !== "");
  return parts.map((_, i) => "/" + parts.slice(0, i + 1).join("/"));
}

/** Whether it had to be made. */
function makeMissing(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") return false;
    throw new StoreError(`Cannot create ${path}: ${describe(error)}`, { cause: error });
  }
}

function checkDirectory(path: string, own: boolean): void {
  const info = lstatSync(path, { throwIfNoEntry: false });
  if (info === undefined || !info.isDirectory()) {
    throw new StoreError(
      `Cannot use ${path}: it is no directory of its own (links are not followed). Use --db PATH`,
    );
  }
  const trusted = info.uid === 0 || info.uid === Deno.uid();
  if (own && (!trusted || (info.mode & 0o022) !== 0)) {
    throw new StoreError(
      `Cannot use ${path}: someone else could change recordings there. Run: chown root ${path} && chmod go-w ${path}`,
    );
  }
}

/** Creates an empty file that did not exist, never through a link; root's to write, `gid`'s to read. */
export function createEmpty(path: string, gid: number | null): void {
  let fd: number;
  try {
    fd = openSync(
      path,
      constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      0o600,
    );
  } catch (error) {
    throw new StoreError(`Cannot create the recording ${path}: ${describe(error)}`, { cause: error });
  }
  try {
    if (gid === null || Deno.uid() !== 0) return;
    fchownSync(fd, 0, gid);
    fchmodSync(fd, 0o640);
  } finally {
    closeSync(fd);
  }
}

function describe(error: unknown): string {
  switch ((error as { code?: string } | null)?.code) {
    case "EEXIST":
      return "it exists already. Choose another name, or move the old file away";
    case "ENOENT":
      return "its directory does not exist. Create the directory first";
    case "EACCES":
    case "EPERM":
      return "permission denied. Choose a directory you can write to";
    default:
      return `${causeOf(error)}. Choose another place with --db`;
  }
}
