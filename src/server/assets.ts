/** The page, built by `deno task build:ui` and embedded when the program is packed. */
import type { Asset } from "./app.ts";

/** By path. Throws when the page was not built. */
export async function loadAssets(): Promise<ReadonlyMap<string, Asset>> {
  const [page, script, style] = await Promise.all([
    import("../../dist/ui/index.html", { with: { type: "bytes" } }),
    import("../../dist/ui/app.js", { with: { type: "bytes" } }),
    import("../../dist/ui/style.css", { with: { type: "bytes" } }),
  ]);
  return new Map<string, Asset>([
    ["/", { bytes: page.default, type: "text/html; charset=utf-8" }],
    ["/app.js", { bytes: script.default, type: "text/javascript; charset=utf-8" }],
    ["/style.css", { bytes: style.default, type: "text/css; charset=utf-8" }],
  ]);
}
