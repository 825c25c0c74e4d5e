/** Where TLS libraries usually lie: hooked before anybody uses them, so that a program's first words are heard. */

const directories = ["/lib", "/usr/lib", "/lib64", "/usr/lib64", "/usr/local/lib"];
const library = /^lib(?:ssl|gnutls|nspr4)\.so/;
/** Runtimes and agents that carry their TLS with them. */
const programs: ReadonlySet<string> = new Set([
  ...["node", "nodejs", "bun", "deno"],
  ...["claude", "codex", "opencode", "cline", "amp", "goose", "crush", "copilot", "droid", "cursor-agent"],
]);

/** Paths that exist; links and doubles included. */
export function likelyLibraries(): string[] {
  const found = directories.flatMap((directory) => [
    ...namesIn(directory, (name) => library.test(name)),
    // Debian keeps libraries one level down, by architecture.
    ...namesIn(directory, (name) => name.includes("-linux-")).flatMap((sub) =>
      namesIn(sub, (name) => library.test(name))
    ),
  ]);
  const path = (Deno.env.get("PATH") ?? "").split(":");
  return [...found, ...path.flatMap((directory) => namesIn(directory, (name) => programs.has(name)))];
}

function namesIn(directory: string, wanted: (name: string) => boolean): string[] {
  try {
    return [...Deno.readDirSync(directory)].filter(({ name }) => wanted(name)).map(({ name }) =>
      `${directory}/${name}`
    );
  } catch {
    return [];
  }
}
