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

/** Bytes as a name. Never throws. */
export function toName(bytes: Uint8Array): Name {
  const text = lenient.decode(bytes);
  return text.includes("\uFFFD") && !isUtf8(bytes)
    ? { text: escape(bytes), b64: bytes.toBase64() }
    : { text };
}

const SLASH = 0x2f;

/**
 * A path the kernel walked: names from the leaf up, each followed by "/". One more when the walk ended somewhere else
 * than at the process's root: such a path is shown without the slash in front.
 */
export function toPath(bytes: Uint8Array): Name {
  const whole = !isPartial(bytes.at(-2), bytes.at(-1));
  const walked = whole ? bytes : bytes.subarray(0, -1);
  const name = toName(walked);
  const path = turn(name.text, whole);
  if (name.b64 === undefined) return { text: path };
  return { text: path, b64: encodeLatin1(turn(decodeLatin1(walked), whole)).toBase64() };
}

/** By the last two bytes of a walked path: names are never empty where the walk reached the root. */
export function isPartial(before: number | undefined, last: number | undefined): boolean {
  return last === SLASH && (before === undefined || before === SLASH);
}

/** A path argument, made absolute by the directory it was relative to. Does not resolve `..` or links. */
export function joinPath(base: Name, argument: Name): Name {
  if (argument.text.startsWith("/")) return tidied(argument);
  const join = (from: string, name: string) => (from.endsWith("/") ? from + name : `${from}/${name}`);
  const text = normalize(join(base.text, argument.text));
  if (base.b64 === undefined && argument.b64 === undefined) return { text };
  const bytes = [bytesOf(base), encoder.encode("/"), bytesOf(argument)];
  return { text, b64: concat(bytes).toBase64() };
}

/** An absolute argument without the steps that lead nowhere. */
export function tidied(name: Name): Name {
  return name.b64 === undefined ? { text: normalize(name.text) } : name;
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
    // A negative position would search from the front, and find the same name for ever.
    const start = end === 0 ? 0 : walked.lastIndexOf("/", end - 1) + 1;
    path += "/" + walked.slice(start, end);
    end = start - 1;
    if (start === 0) break;
  }
  if (path === "") return whole ? "/" : "";
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
