/** TLS that a file names itself. */
import { symbols } from "./symbols.ts";
import type { Binary, Finding } from "./target.ts";

export function names(binary: Binary): Finding {
  return symbols(binary);
}
