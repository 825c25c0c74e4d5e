/** Names as the kernel has them: bytes. Shown as text, and exactly beside it when they are not UTF-8. */

import { concat } from "../bytes.ts";

export interface Name {
  readonly text: string;
  /** The original bytes, base64, when they are not UTF-8; `text` then has \xNN for each byte that does not fit. */
  readonly b64?: string;
}

// A file's name may begin with U+FEFF: it is part of the name.
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const SLASH = 0x2f;

/** Bytes as a name. Never throws. */
export function toName(bytes: Uint8Array): Name {
  const text = lenient.decode(bytes);
  return text.includes("\uFFFD") && !isUtf8(bytes)
    ? { text: escape(bytes), b64: bytes.toBase64() }
    : { text };
}

/**
 * A path the kernel walked: names from the leaf up, each followed by "/".
 *
 * @param whole false when the walk ended somewhere else than at the process's root
 */
export function toPath(walked: Uint8Array, whole: boolean): Name {
  const name = toName(walked);
  const path = turn(name.text, whole);
  if (name.b64 === undefined) return { text: path };
  return { text: path, b64: encodeLatin1(turn(decodeLatin1(walked), whole)).toBase64() };
}

/** Where most paths are: files of a directory that was met before. */
const MAX_DIRECTORIES = 2048;

interface Directory {
  readonly walked: Uint8Array;
  readonly path: string;
}

/** `toPath`, with directories decoded and turned once: that is most of what a record costs. */
export class WalkedPaths {
  readonly #directories = new Map<number, Directory>();

  of(walked: Uint8Array, whole: boolean): Name {
    let leaf = 0;
    while (leaf < walked.length && walked[leaf] !== SLASH) leaf++;
    if (!whole || leaf === 0 || leaf === walked.length) return toPath(walked, whole);
    const name = lenient.decode(walked.subarray(0, leaf));
    const directory = name.includes("\uFFFD") ? null : this.#directory(walked, leaf + 1);
    return directory === null ? toPath(walked, whole) : { text: directory + name };
  }

  /** The directory whose walk starts at `from`, with its "/"; null when it is not UTF-8. */
  #directory(walked: Uint8Array, from: number): string | null {
    // FNV-1a: the bytes are compared, it only has to be quick.
    let key = 0x811c9dc5;
    for (let i = from; i < walked.length; i++) key = Math.imul(key ^ walked[i]!, 0x01000193);
    const known = this.#directories.get(key);
    if (known && endsWith(walked, { from, end: known.walked })) return known.path;
    const bytes = walked.slice(from);
    const { text, b64 } = toPath(bytes, true);
    if (b64 !== undefined) return null;
    const path = text === "/" ? text : text + "/";
    if (this.#directories.size >= MAX_DIRECTORIES) this.#directories.clear();
    this.#directories.set(key, { walked: bytes, path });
    return path;
  }
}

function endsWith(bytes: Uint8Array, { from, end }: { from: number; end: Uint8Array }): boolean {
  if (bytes.length - from !== end.length) return false;
  for (let i = 0; i < end.length; i++) if (bytes[from + i] !== end[i]) return false;
  return true;
}

/** A path argument, made absolute by the directory it was relative to. Does not resolve `..` or links. */
export function joinPath(base: Name, argument: Name): Name {
  if (argument.text.startsWith("/")) return argument;
  const join = (from: string, name: string) => (from.endsWith("/") ? from + name : `${from}/${name}`);
  const text = normalize(join(base.text, argument.text));
  if (base.b64 === undefined && argument.b64 === undefined) return { text };
  const bytes = [bytesOf(base), encoder.encode("/"), bytesOf(argument)];
  return { text, b64: concat(bytes).toBase64() };
}

/** Drops "." steps and doubled slashes, which name the same file whatever the links on the way. */
function normalize(path: string): string {
  return path.includes("/.") || path.includes("//")
    ? path.replace(/\/(?:\.?\/)+/g, "/").replace(/(?<=.)\/\.$/, "")
    : path;
}

function turn(walked: string, whole: boolean): string {
  let path = "";
  let end = walked.length - 1;
  while (end >= 0) {
    const start = walked.lastIndexOf("/", end - 1) + 1;
    path += "/" + walked.slice(start, end);
    end = start - 1;
    if (start === 0) break;
  }
  if (path === "") return "/";
  return whole ? path : path.replace(/^\/+/, "");
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Keeps what is UTF-8 and writes every other byte as \xNN. */
function escape(bytes: Uint8Array): string {
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at]!;
    const width = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    const piece = bytes.subarray(at, at + width);
    if (width > 0 && piece.length === width && isUtf8(piece)) {
      text += lenient.decode(piece);
      at += width;
    } else {
      text += "\\x" + lead.toString(16).padStart(2, "0");
      at++;
    }
  }
  return text;
}

function decodeLatin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function encodeLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

function bytesOf(name: Name): Uint8Array {
  return name.b64 === undefined ? encoder.encode(name.text) : Uint8Array.fromBase64(name.b64);
}
