/** Walked paths as text, each decoded once: an agent opens the same files again and again. */
import { isPartial, type Name, toName, toPath } from "./names.ts";

const MAX_FILES = 8192;
const MAX_DIRECTORIES = 2048;
const SLASH = 0x2f;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Bytes of a batch, without a view object of their own for every path. */
export interface Part {
  readonly view: DataView;
  readonly from: number;
  readonly to: number;
}

interface Known {
  readonly walked: DataView;
  readonly name: Name;
}

/** `toPath` with a memory. Keys are hashes; the bytes behind them are compared. */
export class WalkedPaths {
  readonly #files = new Map<number, Known>();
  readonly #directories = new Map<number, Known>();

  of(part: Part): Name {
    const { view, from, to } = part;
    const partial = to > from &&
      isPartial(to - from > 1 ? view.getUint8(to - 2) : undefined, view.getUint8(to - 1));
    let leaf = from;
    while (leaf < to && view.getUint8(leaf) !== SLASH) leaf++;
    if (partial || leaf === from || leaf === to) return toPath(bytesOf(view, from, to));
    const directoryKey = hash(FNV_OFFSET, { view, from: leaf + 1, to });
    const key = hash(directoryKey, { view, from, to: leaf });
    const known = this.#files.get(key);
    if (known !== undefined && isEqual(known.walked, part)) return known.name;
    const name = this.#name({ view, from, to }, leaf, directoryKey);
    remember(this.#files, key, { known: { walked: copyOf(part), name }, most: MAX_FILES });
    return name;
  }

  #name({ view, from, to }: Part, leaf: number, directoryKey: number): Name {
    const file = toName(bytesOf(view, from, leaf));
    const directory = this.#directory({ view, from: leaf + 1, to }, directoryKey);
    if (file.b64 !== undefined || directory.b64 !== undefined) return toPath(bytesOf(view, from, to));
    return { text: directory.text === "/" ? `/${file.text}` : `${directory.text}/${file.text}` };
  }

  #directory(part: Part, key: number): Name {
    const known = this.#directories.get(key);
    if (known !== undefined && isEqual(known.walked, part)) return known.name;
    const name = toPath(bytesOf(part.view, part.from, part.to));
    remember(this.#directories, key, { known: { walked: copyOf(part), name }, most: MAX_DIRECTORIES });
    return name;
  }
}

/** FNV-1a over words of four bytes, then over the rest. */
function hash(start: number, { view, from, to }: Part): number {
  let value = start;
  let at = from;
  for (; at + 4 <= to; at += 4) value = Math.imul(value ^ view.getUint32(at, true), FNV_PRIME);
  for (; at < to; at++) value = Math.imul(value ^ view.getUint8(at), FNV_PRIME);
  return value;
}

function isEqual(known: DataView, { view, from, to }: Part): boolean {
  const length = to - from;
  if (known.byteLength !== length) return false;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    if (known.getUint32(i, true) !== view.getUint32(from + i, true)) return false;
  }
  for (; i < length; i++) if (known.getUint8(i) !== view.getUint8(from + i)) return false;
  return true;
}

function bytesOf(view: DataView, from: number, to: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + from, to - from);
}

function copyOf({ view, from, to }: Part): DataView {
  return new DataView(bytesOf(view, from, to).slice().buffer);
}

function remember(
  names: Map<number, Known>,
  key: number,
  { known, most }: { readonly known: Known; readonly most: number },
): void {
  if (names.size >= most) names.clear();
  names.set(key, known);
}
