/** What people call the program that a process runs. */

/** Programs that run another one, which is what they are called after; a version may follow the name. */
const INTERPRETERS =
  /^(?:node|nodejs|bun|deno|python|pypy|ruby|perl|php|java|sh|bash|dash|zsh|uv|npx|tsx)[\d.]*$/;
/** File names that say nothing: the package or folder that they are in does. */
const NAMELESS = /^(?:index|main|cli|__main__|app|bin|start|run)$/;
/** Folders of a package that say no more. */
const FOLDERS = /^(?:dist|build|lib|libexec|bin|src|out|bundle|\.|)$/;
const EXTENSION = /\.(?:[cm]?[jt]sx?|py|rb|pl|php|jar|sh|exe)$/;

export interface Program {
  readonly comm: string;
  readonly exe: string;
  readonly argv: readonly string[];
}

/**
 * The name of the executable; of a script, when an interpreter runs one: `node /usr/bin/gemini` is "gemini",
 * `python3 -m aider` "aider". The process's own name when its program was not seen.
 */
export function agentName({ comm, exe, argv }: Program): string {
  const program = base(exe.replace(/ \(deleted\)$/, ""));
  if (program === "") return comm === "" ? "unknown" : comm;
  if (!INTERPRETERS.test(program)) return program.replace(EXTENSION, "");
  return scriptName(argv.slice(1)) ?? program;
}

/** Options stand before a script; one that takes a value of its own, such as `-r`, makes that the script. */
function scriptName(words: readonly string[]): string | null {
  for (const [i, word] of words.entries()) {
    if (word === "-m") return words[i + 1]?.split(".")[0] ?? null;
    // What follows is program text.
    if (/^-(?:c|e|p|-eval|-print)$/.test(word)) return null;
    if (word === "run" || word.startsWith("-")) continue;
    return fileName(word);
  }
  return null;
}

function fileName(path: string): string | null {
  const words = path.split("/");
  const name = words.pop()?.replace(EXTENSION, "") ?? "";
  if (name !== "" && !NAMELESS.test(name)) return name;
  return words.findLast((folder) => !FOLDERS.test(folder)) ?? (name === "" ? null : name);
}

function base(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
