/** Builds the dashboard: `ui/main.tsx` and its static files → `dist/ui/`. */

/** In the order of the cascade: what overrides comes last. */
const STYLES = [
  ...["base", "frame", "panes", "controls", "calls", "detail", "processes", "timeline"],
  ...["phone", "preferences"],
];
const root = new URL("../", import.meta.url);
const out = new URL("dist/ui/", root);

await Deno.mkdir(out, { recursive: true });
const { code } = await new Deno.Command(Deno.execPath(), {
  args: [
    "bundle",
    "--quiet",
    "--platform",
    "browser",
    "--minify",
    "-o",
    path("app.js", out),
    path("ui/main.tsx", root),
  ],
  cwd: root,
}).output().then(async (result) => {
  await Deno.stderr.write(result.stderr);
  return result;
});
if (code !== 0) throw new Error(`Cannot build the dashboard: deno bundle ended with exit code ${code}`);
await Deno.copyFile(new URL("ui/index.html", root), new URL("index.html", out));
const sheets = await Promise.all(
  STYLES.map((name) => Deno.readTextFile(new URL(`ui/styles/${name}.css`, root))),
);
await Deno.writeTextFile(new URL("style.css", out), sheets.join("\n"));

function path(name: string, base: URL): string {
  return decodeURIComponent(new URL(name, base).pathname);
}
