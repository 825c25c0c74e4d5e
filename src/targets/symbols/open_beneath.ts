/**
 * Opens a file below a root directory as a process sees it whose root that is (a container): links are followed inside
 * the root and never out of it, whoever changes them meanwhile. Each step opens one name in a directory that is
 * already open, and links are read as text.
 */
import { closeSync, constants, fstatSync, openSync } from "node:fs";

/** `O_PATH` of the kernel: a place in the tree, not its contents; opening a pipe so does not wait. */
const O_PATH = 0o10000000;
const MAX_LINKS = 40;
const MAX_STEPS = 256;

/** A path of ours for the file, valid while this is not disposed. */
export interface FileBeneath extends Disposable {
  readonly path: string;
}

/** `path` is absolute, in the root's terms. Null when it is not there, is not a regular file or leads out of the root. */
export function openBeneath(root: string, path: string): FileBeneath | null {
  using opened = new DisposableStack();
  try {
    // The root itself may be a link of the kernel (/proc/PID/root), which is to be followed.
    const top = opened.adopt(openSync(`${root}/.`, O_PATH | constants.O_DIRECTORY), closeSync);
    const file = new Walk(top, opened).to(path);
    if (file === null) return null;
    const owner = opened.move();
    return { path: link(file), [Symbol.dispose]: () => owner.dispose() };
  } catch {
    // Not there, or not any more.
    return null;
  }
}

class Walk {
  readonly #opened: DisposableStack;
  readonly #directories: [root: number, ...below: number[]];

  constructor(root: number, opened: DisposableStack) {
    this.#opened = opened;
    this.#directories = [root];
  }

  to(path: string): number | null {
    const names = path.split("/").reverse();
    let links = 0;
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      const name = names.pop();
      if (name === undefined) return null;
      if (name === "" || name === ".") continue;
      if (name === "..") {
        if (this.#directories.length === 1) return null;
        this.#directories.pop();
        continue;
      }
      const here = this.#directories.at(-1)!;
      const flags = O_PATH | constants.O_NOFOLLOW;
      const next = this.#opened.adopt(openSync(`${link(here)}/${name}`, flags), closeSync);
      const found = fstatSync(next);
      if (found.isSymbolicLink()) {
        if (++links > MAX_LINKS) return null;
        const target = Deno.readLinkSync(`${link(here)}/${name}`);
        if (target.startsWith("/")) this.#directories.length = 1;
        names.push(...target.split("/").reverse());
      } else if (found.isDirectory()) {
        this.#directories.push(next);
      } else {
        return found.isFile() && names.every((rest) => rest === "") ? next : null;
      }
    }
    return null;
  }
}

/** The kernel's link to what is open; a path through it starts at that very directory. */
function link(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}
