import assert from "node:assert/strict";
import { join } from "node:path";
import { TlsTee } from "../tests/support/tls_tee.ts";
import { ScriptedLlm } from "./llm/scripted_llm.ts";
import { demoScript } from "./llm/script.ts";

const text = new TextDecoder();
const here = import.meta.dirname!;
const programs = [["node", "agent.mjs"], ["python3", "agent.py"]] as const;

for (const [runtime, file] of programs) {
  for (const api of ["messages", "chat", "responses"]) {
    for (const mode of [[], ["--plain"]]) {
      Deno.test(`${file} finishes its task over ${api}${mode.length ? ", plain" : ""}`, async () => {
        const llm = new ScriptedLlm(demoScript);
        await using tee = new TlsTee(llm.fetch);
        const workspace = Deno.makeTempDirSync();
        const { code, stdout, stderr } = await new Deno.Command(runtime, {
          args: [join(here, file), "--api", api, ...mode, "--workspace", workspace],
          env: {
            ANTHROPIC_BASE_URL: tee.url,
            OPENAI_BASE_URL: `${tee.url}/v1`,
            ANTHROPIC_API_KEY: "sk-ant-demo",
            NODE_EXTRA_CA_CERTS: tee.caFile,
            SSL_CERT_FILE: tee.caFile,
          },
        }).output();
        assert.deepEqual([code, text.decode(stderr)], [0, ""]);
        const files = [...Deno.readDirSync(workspace)].map(({ name }) => name).sort();
        assert.deepEqual(files, ["models.json", "notes.txt", "report.md"]);
        Deno.removeSync(workspace, { recursive: true });
        assert.deepEqual(llm.exchanges.map(({ turn }) => turn), demoScript);
        assert.ok(llm.exchanges.every(({ streaming }) => streaming === (mode.length === 0)));
        for (const { text: said } of demoScript) assert.ok(text.decode(stdout).includes(said), said);
      });
    }
  }
}
