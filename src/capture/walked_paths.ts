/** Walked paths as text, each decoded once: an agent opens the same files again and again. */
import { type Name, toName, toPath } from "./names.ts";

const MAX_FILES = 8192;
const MAX_DIRECTORIES = 2048;
const SLASH = 0x2f;

interface Known {
  readonly walked: Uint8Array;
  readonly name: Name;
}

/** `toPath` with a memory. */
export class WalkedPaths {
  readonly #files = new Map<number, Known>();
  readonly #directories = new Map<number, Known>();

  of(walked: Uint8Array, whole: boolean): Name {
    let leaf = 0;
    while (leaf < walked.length && walked[leaf] !== SLASH) leaf++;
    if (!whole || leaf === 0 || leaf === walked.length) return toPath(walked, whole);
    // FNV-1a from the root to the leaf: the directory's key on the way, then the file's. The bytes are compared.
    let key = 0x811c9dc5;
    for (let i = walked.length - 1; i > leaf; i--) key = Math.imul(key ^ walked[i]!, 0x01000193);
    const directoryKey = key;
    for (let i = leaf; i >= 0; i--) key = Math.imul(key ^ walked[i]!, 0x01000193);
    const known = this.#files.get(key);
    if (known !== undefined && endsWith(walked, { from: 0, end: known.walked })) return known.name;
    const name = this.#name(walked, leaf, directoryKey);
    remember(this.#files, key, { known: { walked: walked.slice(), name }, most: MAX_FILES });
    return name;
  }

  #name(walked: Uint8Array, leaf: number, directoryKey: number): Name {
    const file = toName(walked.subarray(0, leaf));
    const directory = this.#directory(walked, leaf + 1, directoryKey);
    if (file.b64 !== undefined || directory.b64 !== undefined) return toPath(walked, true);
    return { text: directory.text === "/" ? `/${file.text}` : `${directory.text}/${file.text}` };
  }

  #directory(walked: Uint8Array, from: number, key: number): Name {
    const known = this.#directories.get(key);
    if (known !== undefined && endsWith(walked, { from, end: known.walked })) return known.name;
    const bytes = walked.slice(from);
    const name = toPath(bytes, true);
    remember(this.#directories, key, { known: { walked: bytes, name }, most: MAX_DIRECTORIES });
    return name;
  }
}

function remember(
  names: Map<number, Known>,
  key: number,
  { known, most }: { readonly known: Known; readonly most: number },
): void {
  if (names.size >= most) names.clear();
  names.set(key, known);
}

function endsWith(bytes: Uint8Array, { from, end }: { from: number; end: Uint8Array }): boolean {
  if (bytes.length - from !== end.length) return false;
  for (let i = 0; i < end.length; i++) if (bytes[from + i] !== end[i]) return false;
  return true;
}
