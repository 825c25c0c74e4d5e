/** Files: opened, read, written, closed, and what was done to their names and properties. */
import type { Head, Outcome } from "./head.ts";

export interface FileFact {
  readonly path: string;
  readonly path_b64?: string;
  /** False where only the argument could be resolved, not the file the kernel used. */
  readonly path_exact?: boolean;
}

export type FileType =
  | "file"
  | "directory"
  | "link"
  | "pipe"
  | "tty"
  | "character"
  | "block"
  | "socket"
  | "other";

export interface FileOpened extends Head<"file.open">, FileFact {
  readonly access: "read" | "write" | "rw";
  readonly created: boolean;
  /** As in open(2): `O_WRONLY|O_CREAT|O_CLOEXEC`. */
  readonly flags: string;
  /** What it is; absent when it was not opened, or closed again by another thread at once. */
  readonly type?: FileType;
  /** 0, or a negative errno. */
  readonly result: number;
}

/** What passed through an open file, since it was opened or first used in view. */
export interface Traffic {
  readonly read_bytes: number;
  readonly written_bytes: number;
}

/**
 * The first write through a file that was read before, or a file opened out of view that an exec is about to close.
 * Its bytes are counted again when it is closed.
 */
export interface FileWritten extends Head<"file.io">, FileFact, Traffic {}

/** The last descriptor of an open file was closed, or its process ended. */
export interface FileClosed extends Head<"file.close">, FileFact, Traffic {
  /** Absent for a regular file. */
  readonly type?: FileType;
  /** True when nobody called close(2): the process ended, or became another program, with the file open. */
  readonly implicit?: boolean;
}

export interface FileUnlinked extends Head<"file.unlink" | "file.rmdir">, FileFact, Outcome {}

export interface FileMade extends Head<"file.mkdir" | "file.mknod">, FileFact, Outcome {
  /** Permissions as asked for, octal. */
  readonly mode: string;
}

/** `from` is given `to` as its name, instead (rename) or as well (link). */
export interface FileRenamed extends Head<"file.rename" | "file.link">, Outcome {
  readonly from: string;
  readonly to: string;
  readonly from_b64?: string;
  readonly to_b64?: string;
  readonly path_exact?: boolean;
  /** RENAME_EXCHANGE: `to` becomes `from` too. */
  readonly exchange?: boolean;
}

export interface FileSymlinked extends Head<"file.symlink">, FileFact, Outcome {
  /** What it points to, as given. */
  readonly target: string;
  readonly target_b64?: string;
}

export interface FileTruncated extends Head<"file.truncate">, FileFact, Outcome {
  readonly bytes: number;
}

export interface ModeChanged extends Head<"file.chmod">, FileFact, Outcome {
  /** Octal. */
  readonly mode: string;
}

export interface OwnerChanged extends Head<"file.chown">, FileFact, Outcome {
  /** -1: as it was. */
  readonly uid: number;
  readonly gid: number;
}

export interface AttributeChanged extends Head<"file.xattr">, FileFact, Outcome {
  readonly operation: "set" | "remove";
  readonly name: string;
}

/** A mapping through which the file itself can be written. */
export interface FileMapped extends Head<"file.mmap">, FileFact, Outcome {
  readonly bytes: number;
}

export type FileEvent =
  | FileOpened
  | FileWritten
  | FileClosed
  | FileUnlinked
  | FileMade
  | FileRenamed
  | FileSymlinked
  | FileTruncated
  | ModeChanged
  | OwnerChanged
  | AttributeChanged
  | FileMapped;
