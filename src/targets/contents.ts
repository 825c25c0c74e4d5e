/** TLS that is only in a file's code and constants. */
import { goTls } from "./go/go_tls.ts";
import type { Binary, Finding } from "./target.ts";

export function contents(binary: Binary, _cache?: string): Finding {
  return goTls(binary);
}
