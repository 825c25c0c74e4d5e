import { IN_DATA } from "./in_data.ts";
import { IN_HTTP } from "./in_http.ts";
import { IN_SHELL } from "./in_shell.ts";
import type { Rule } from "./rule.ts";

/** Values that what stands before them calls secret. */
export const CONTEXTS: readonly Rule[] = [...IN_HTTP, ...IN_SHELL, ...IN_DATA];
