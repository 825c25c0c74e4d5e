/** AgentSight's entry: the commands, each one line to its module. */
import { run } from "./src/cli/program.ts";

if (import.meta.main) Deno.exit(await run(Deno.args));
