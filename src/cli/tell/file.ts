import type { FileClosed, FileEvent, FileOpened } from "../../event.ts";
import { bytes } from "../format.ts";
import { deed, errno, times, type Told } from "./told.ts";

/** Without `verbose` only what changes files, or was to. */
export function tellFile(event: FileEvent, verbose: boolean): Told | null {
  switch (event.kind) {
    case "file.open":
      return opened(event, verbose);
    case "file.close":
      return closed(event, verbose);
    case "file.io":
      return verbose ? { label: "file", text: `wrote to ${event.path} after reading it` } : null;
    case "file.unlink":
    case "file.rmdir":
      return deed("file", `removed ${event.path}`, event);
    case "file.mkdir":
      return deed("file", `made directory ${event.path}`, event);
    case "file.mknod":
      return deed("file", `made ${event.path}`, event);
    case "file.rename":
      return deed("file", `${event.exchange ? "exchanged" : "renamed"} ${event.from} → ${event.to}`, event);
    case "file.link":
      return deed("file", `linked ${event.from} as ${event.to}`, event);
    case "file.symlink":
      return deed("file", `linked ${event.path} → ${event.target}`, event);
    case "file.truncate":
      return deed("file", `cut ${event.path} to ${bytes(event.bytes)}`, event);
    case "file.chmod":
      return deed("file", `made ${event.path} mode ${event.mode}`, event);
    case "file.chown":
      return deed("file", `gave ${event.path} to ${owner(event.uid, event.gid)}`, event);
    case "file.xattr":
      return deed(
        "file",
        `${event.operation === "set" ? "set" : "removed"} ${event.name} of ${event.path}`,
        event,
      );
    case "file.mmap":
      return deed("file", `mapped ${event.path} to write ${bytes(event.bytes)}`, event);
  }
}

function owner(uid: number, gid: number): string {
  return [...(uid < 0 ? [] : [`user ${uid}`]), ...(gid < 0 ? [] : [`group ${gid}`])].join(", ");
}

function isFile({ type }: FileOpened | FileClosed): boolean {
  return type === undefined || type === "file" || type === "directory";
}

function opened(event: FileOpened, verbose: boolean): Told | null {
  if ((event.access === "read" || !isFile(event)) && !verbose) return null;
  const verb = event.result < 0
    ? `${errno(event.result)} opening`
    : event.created
    ? "created"
    : `opened to ${event.access}`;
  const told = { label: "file", text: `${verb} ${event.path}${times(event.count)}` };
  return event.result < 0 ? { ...told, tone: "warn" } : told;
}

function closed(event: FileClosed, verbose: boolean): Told | null {
  const { read_bytes: read, written_bytes: written, path, count } = event;
  if (verbose) {
    const told = `closed ${path}, ${bytes(read)} read, ${bytes(written)} written${times(count)}`;
    return { label: "file", text: told };
  }
  return written > 0 && isFile(event)
    ? { label: "file", text: `wrote ${bytes(written)} to ${path}${times(count)}` }
    : null;
}
