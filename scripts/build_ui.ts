/** Builds the dashboard: `ui/main.tsx` and its static files → `dist/ui/`. */
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
for (const name of ["index.html", "style.css"]) {
  await Deno.copyFile(new URL(`ui/${name}`, root), new URL(name, out));
}

function path(name: string, base: URL): string {
  return decodeURIComponent(new URL(name, base).pathname);
}
