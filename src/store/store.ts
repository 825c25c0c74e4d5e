import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Event } from "../event.ts";
import { Queries } from "./queries.ts";
import { createEmpty, type Owner, prepareDirectory } from "./recording_path.ts";
import { Reports } from "./reports.ts";
import { APPLICATION_ID, OLDEST_SCHEMA, SCHEMA, SCHEMA_VERSION } from "./schema.ts";
import { causeOf, StoreError } from "./store_error.ts";
import { Writer } from "./writer.ts";

export interface CreateOptions {
  readonly path: string;
  /** Facts about the recording: `version`, `started` (µs), `capture`, … */
  readonly meta: Readonly<Record<string, string>>;
  readonly owner?: Owner;
  /** Set when `path` is in the store's own tree, whose directories are made and checked. */
  readonly base?: string;
  /** Largest size in pages of 4 KiB. */
  readonly maxPages?: number;
}

/** One recording in SQLite. Written with a WAL; once closed it is one plain file. */
export class Store implements Disposable {
  readonly queries: Queries;
  readonly reports: Reports;
  readonly path: string;
  readonly #db: DatabaseSync;
  readonly #writer: Writer | null;
  readonly #copy: string | null;
  #open = true;

  private constructor(db: DatabaseSync, options: { path: string; writer: Writer | null; copy?: string }) {
    this.#db = db;
    this.path = options.path;
    this.#writer = options.writer;
    this.#copy = options.copy ?? null;
    const schema = schemaOf(db);
    this.queries = new Queries(db, { schema });
    this.reports = new Reports(db, { schema });
  }

  /** Makes a new recording; throws {@link StoreError} when `path` exists already. */
  static create({ path, meta, owner, base, maxPages }: CreateOptions): Store {
    if (base !== undefined && owner !== undefined) prepareDirectory(path, { owner, base });
    createEmpty(path, owner?.gid ?? null);
    let db: DatabaseSync | null = null;
    try {
      db = new DatabaseSync(path);
      // 16 MiB of cache and of WAL: the indexes of a long recording are written back less often.
      db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;
        PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4096`);
      if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${Math.trunc(maxPages)}`);
      db.exec(`BEGIN; ${SCHEMA} COMMIT`);
      const insert = db.prepare("INSERT INTO meta VALUES (?, ?)");
      for (const [key, value] of Object.entries({ ...meta, clean: "false" })) insert.run(key, value);
      return new Store(db, { path, writer: new Writer(db) });
    } catch (error) {
      db?.close();
      rmSync(path, { force: true });
      throw new StoreError(`Cannot create the recording ${path}: ${reason(error)}`, { cause: error });
    }
  }

  /** Opens a recording to read it, also while another process writes it, and without being root. */
  static open(path: string): Store {
    checkReadable(path);
    try {
      return Store.#reader(path, path);
    } catch (error) {
      if (error instanceof StoreError || !existsSync(path + "-wal")) throw openError(path, error);
      return Store.#recover(path);
    }
  }

  static #reader(path: string, file: string, copy?: string): Store {
    const db = new DatabaseSync(file, { readOnly: copy === undefined });
    try {
      db.exec("PRAGMA busy_timeout = 2000");
      checkSchema(db, path);
      return new Store(db, { path, writer: null, ...(copy === undefined ? {} : { copy }) });
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** A WAL left by a crash can only be replayed by who may write beside it: replay it on a private copy. */
  static #recover(path: string): Store {
    const directory = mkdtempSync(join(tmpdir(), "agentsight-"));
    try {
      const file = join(directory, "recording.sqlite");
      copyFileSync(path, file);
      copyFileSync(path + "-wal", file + "-wal");
      return Store.#reader(path, file, directory);
    } catch (error) {
      rmSync(directory, { recursive: true, force: true });
      throw openError(path, error);
    }
  }

  /** Keeps a batch, whole or not at all; live text is not kept. Throws {@link StoreError}. */
  append(events: readonly Event[]): void {
    if (this.#writer === null) {
      throw new StoreError(`Cannot write the recording ${this.path}: it is open for reading`);
    }
    if (events.length === 0) return;
    try {
      this.#db.exec("BEGIN IMMEDIATE");
      this.#writer.write(events);
      this.#db.exec("COMMIT");
    } catch (error) {
      if (this.#db.isOpen && this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw new StoreError(`Cannot write the recording ${this.path}: ${reason(error)}`, { cause: error });
    }
  }

  /** Ends the recording; returns whether it is one plain file now. Never throws. */
  close(): boolean {
    if (!this.#open) return true;
    this.#open = false;
    const plain = this.#writer === null || this.#finish();
    this.#db.close();
    if (this.#copy !== null) rmSync(this.#copy, { recursive: true, force: true });
    return plain;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #finish(): boolean {
    try {
      this.#db.exec("UPDATE meta SET value = 'true' WHERE key = 'clean'");
      this.#db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      const mode = this.#db.prepare("PRAGMA journal_mode = DELETE").get();
      return mode?.journal_mode === "delete";
    } catch {
      return false;
    }
  }
}

function checkReadable(path: string): void {
  let size: number;
  try {
    const info = statSync(path);
    if (!info.isFile()) {
      throw new StoreError(`Cannot open ${path}: it is not a file. Name a recording (*.sqlite)`);
    }
    size = info.size;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw openError(path, error);
  }
  if (size === 0) {
    throw new StoreError(`Cannot open ${path}: it is empty. Record again, or name another recording`);
  }
}

function checkSchema(db: DatabaseSync, path: string): void {
  const id = db.prepare("PRAGMA application_id").get()?.application_id;
  const version = schemaOf(db);
  db.prepare("SELECT count(*) FROM sqlite_master").get();
  if (id !== APPLICATION_ID) {
    throw new StoreError(`Cannot open ${path}: it is an SQLite file, but no AgentSight recording`);
  }
  if (version < OLDEST_SCHEMA || version > SCHEMA_VERSION) {
    throw new StoreError(
      `Cannot open ${path}: it has schema version ${version}, this program reads up to ${SCHEMA_VERSION}. ` +
        "Use the AgentSight version that recorded it",
    );
  }
}

function schemaOf(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.user_version);
}

function openError(path: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const code = (error as { code?: string } | null)?.code;
  const cause = causeOf(error);
  const state = code === "ENOENT"
    ? "there is no such file. List recordings with: agentsight view"
    : code === "EACCES" || code === "EPERM" || /unable to open/.test(cause)
    ? "permission denied. Run it as the user who recorded it, or as root"
    : /not a database|malformed/.test(cause)
    ? "it is damaged or not an SQLite file. Name a recording (*.sqlite)"
    : `${cause}. Name another recording`;
  return new StoreError(`Cannot open ${path}: ${state}`, { cause: error });
}

function reason(error: unknown): string {
  const cause = causeOf(error);
  return /full|disk I\/O/i.test(cause)
    ? `${cause}. What was recorded before is kept; free some space, or choose another place with --db`
    : `${cause}. What was recorded before is kept; choose another place with --db`;
}
