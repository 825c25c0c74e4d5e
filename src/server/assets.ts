/** The page, built by `deno task build:ui` and embedded when the program is packed. */
import page from "../../dist/ui/index.html" with { type: "bytes" };
import script from "../../dist/ui/app.js" with { type: "bytes" };
import style from "../../dist/ui/style.css" with { type: "bytes" };
import type { Asset } from "./app.ts";

/** By path. */
export const assets: ReadonlyMap<string, Asset> = new Map([
  ["/", { bytes: page, type: "text/html; charset=utf-8" }],
  ["/app.js", { bytes: script, type: "text/javascript; charset=utf-8" }],
  ["/style.css", { bytes: style, type: "text/css; charset=utf-8" }],
]);
