/** Findings that took long to reach, kept on disk: one small file each, in a directory that only we can write to. */
import { createHash } from "node:crypto";
import { TlsFunction } from "../../capture/layout.gen.ts";
import { parseFinding } from "./finding_record.ts";
import type { Binary, Finding } from "../target.ts";

/** To be raised with every change that could give another finding for the same file. */
export const RESOLVER_VERSION = 2;
/** Findings name probes by number, and a new probe renumbers others. */
const version = `${RESOLVER_VERSION} ${Object.entries(TlsFunction).join(" ")}`;
const MAX_ENTRIES = 512;
const MAX_ENTRY_BYTES = 256 << 10;
/** Compared at each hook: enough to tell one function's start from another's. */
const CODE_BYTES = 64;

export class VerdictCache {
  readonly #directory: string;

  /** Makes the directory. Throws a sentence when it cannot be made, or others could write into it. */
  constructor(directory: string) {
    const cannot = `Cannot keep verdicts in ${directory}`;
    try {
      Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new Error(`${cannot}: it cannot be made`, { cause: error });
    }
    const { isDirectory, uid, mode } = Deno.lstatSync(directory);
    if (!isDirectory || uid !== Deno.uid() || ((mode ?? 0o777) & 0o077) !== 0) {
      throw new Error(`${cannot}: others have access to it; remove it`);
    }
    this.#directory = directory;
  }

  /** Null when there is no entry for this file, or none that can be trusted. `identity`: see identity.ts. */
  get(binary: Binary, identity: string): Finding | null {
    const entry = readEntry(this.#path(identity));
    if (entry?.version !== version || entry.identity !== identity) return null;
    const finding = parseFinding(entry.finding, binary);
    return finding && entry.code === codeAt(finding, binary) ? finding : null;
  }

  /** Keeps a finding; one that cannot be kept will be found again. */
  put(binary: Binary, identity: string, finding: Finding): void {
    const path = this.#path(identity);
    const entry = { version, identity, code: codeAt(finding, binary), finding };
    const bytes = new TextEncoder().encode(JSON.stringify(entry));
    if (bytes.length > MAX_ENTRY_BYTES) return;
    try {
      const unfinished = Deno.makeTempFileSync({ dir: this.#directory, suffix: ".tmp" });
      Deno.writeFileSync(unfinished, bytes);
      Deno.renameSync(unfinished, path);
      this.#dropOldest();
    } catch {
      // A full disk is no reason not to capture.
    }
  }

  /** Throws for what is not an identity: it must not name any other file. */
  #path(identity: string): string {
    if (!/^[0-9a-f]{64}$/.test(identity)) throw new Error(`Cannot keep a verdict under "${identity}"`);
    return `${this.#directory}/${identity}.json`;
  }

  /** Unfinished files of a process that died count as entries, and go when they are old. */
  #dropOldest(): void {
    const names = [...Deno.readDirSync(this.#directory)].map(({ name }) => name);
    if (names.length <= MAX_ENTRIES) return;
    const aged = names.map((name) => {
      const path = `${this.#directory}/${name}`;
      return { path, written: Deno.lstatSync(path).mtime?.getTime() ?? 0 };
    });
    aged.sort((a, b) => b.written - a.written);
    for (const { path } of aged.slice(MAX_ENTRIES)) Deno.removeSync(path);
  }
}

function readEntry(path: string): Readonly<Record<string, unknown>> | null {
  try {
    using file = Deno.openSync(path, { read: true });
    const { isFile, size } = file.statSync();
    if (!isFile || size > MAX_ENTRY_BYTES) return null;
    const bytes = new Uint8Array(size);
    const count = file.readSync(bytes) ?? 0;
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(0, count)));
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    // None, or damaged: found again and overwritten.
    return null;
  }
}

/** The instructions that a finding's hooks stand on, as one hash. */
function codeAt({ stacks }: Finding, { source }: Binary): string {
  const hash = createHash("sha256");
  for (const { offset, returns = [] } of stacks.flatMap(({ hooks }) => hooks)) {
    for (const at of [offset, ...returns]) hash.update(source.read(at, CODE_BYTES));
  }
  return hash.digest("hex");
}
