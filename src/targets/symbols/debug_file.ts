/** The separate file with the symbols of a stripped one, where distributions install it. */
import { dirname } from "node:path/posix";
import { buildId } from "../elf/build_id.ts";
import { ElfFile } from "../elf/elf.ts";
import { FileSource } from "../elf/file_source.ts";
import { openBeneath } from "./open_beneath.ts";
import type { Binary } from "../target.ts";

const DEBUG_DIRECTORY = "/usr/lib/debug";
const MAX_LINK_BYTES = 256;

export interface DebugFileOptions {
  /** The root of the process that runs the file: "/", or /proc/PID/root. Nothing outside it is read. */
  readonly root: string;
  /** Absolute path of the file below that root: its .gnu_debuglink is a name beside it. */
  readonly path?: string;
}

export interface DebugFile extends Binary, Disposable {}

/** Null when there is none of the same build: addresses of another build mean nothing. Total, as a `Finder` is. */
export function openDebugFile(binary: Binary, { root, path }: DebugFileOptions): DebugFile | null {
  const id = buildId(binary);
  if (id === null) return null;
  const candidates = [`${DEBUG_DIRECTORY}/.build-id/${id.slice(0, 2)}/${id.slice(2)}.debug`];
  const name = debugLink(binary);
  if (name !== null && path?.startsWith("/")) {
    const directory = dirname(path);
    candidates.push(
      `${directory}/${name}`,
      `${directory}/.debug/${name}`,
      `${DEBUG_DIRECTORY}${directory}/${name}`,
    );
  }
  for (const candidate of candidates) {
    const found = openElf(root, candidate);
    if (found && found.elf.machine === binary.elf.machine && buildId(found) === id) return found;
    found?.[Symbol.dispose]();
  }
  return null;
}

/** The file name in .gnu_debuglink; never a path. */
function debugLink({ elf, source }: Binary): string | null {
  const section = elf.sections.find(({ name }) => name === ".gnu_debuglink");
  if (!section) return null;
  const bytes = source.read(section.offset, Math.min(section.size, MAX_LINK_BYTES));
  const end = bytes.indexOf(0);
  const name = new TextDecoder().decode(bytes.subarray(0, Math.max(0, end)));
  return name === "" || name.includes("/") || name.startsWith(".") ? null : name;
}

function openElf(root: string, path: string): DebugFile | null {
  using file = openBeneath(root, path);
  if (!file) return null;
  using opened = new DisposableStack();
  try {
    const source = opened.use(new FileSource(file.path));
    const elf = new ElfFile(source);
    const owner = opened.move();
    return { elf, source, [Symbol.dispose]: () => owner.dispose() };
  } catch {
    // Not an ELF file, or gone: then it is no debug file either.
    return null;
  }
}
