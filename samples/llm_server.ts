/**
 * A scripted LLM provider over real TLS on loopback: `deno run -A samples/llm_server.ts --port 0 --dir DIR`.
 *
 * Prints `{"port","url","ca"}` as one line when it is ready, and serves until SIGTERM or SIGINT.
 */
import { parseArgs } from "node:util";
import { makeCertificates } from "../tests/support/certificates.ts";
import { demoScript } from "./llm/script.ts";
import { ScriptedLlm } from "./llm/scripted_llm.ts";

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      /** Where ca.pem goes. */
      dir: { type: "string", default: "." },
      /** Milliseconds between the writes of a streamed answer. */
      pause: { type: "string", default: "20" },
    },
  });
  const llm = new ScriptedLlm(demoScript, { pause: Number(values.pause) });
  const { cert, key, caFile } = makeCertificates(values.dir);
  Deno.serve({
    hostname: "127.0.0.1",
    port: Number(values.port),
    cert,
    key,
    onListen({ port }) {
      const ready = JSON.stringify({ port, url: `https://127.0.0.1:${port}`, ca: Deno.realPathSync(caFile) });
      Deno.stdout.writeSync(new TextEncoder().encode(`${ready}\n`));
    },
  }, llm.fetch);
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, () => Deno.exit(0));
}
