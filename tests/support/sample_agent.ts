/** The sample agents against a scripted model, over TLS that is recorded. */
import { join } from "node:path";
import { demoScript, type Turn } from "../../samples/llm/script.ts";
import { type Exchange, ScriptedLlm, type ScriptedLlmOptions } from "../../samples/llm/scripted_llm.ts";
import { TlsTee } from "./tls_tee.ts";

export const samples = join(import.meta.dirname!, "../../samples");
/** The distribution's own: a version manager's shim is a shell script that starts a hundred programs first. */
export const python = "/usr/bin/python3";

/** A model, its server, and a directory for the agent's work. */
export class AgentWorld implements AsyncDisposable {
  readonly llm: ScriptedLlm;
  readonly tee: TlsTee;
  /** Empty at first. */
  readonly workspace: string;
  readonly #dir = Deno.makeTempDirSync({ prefix: "agentsight-world-" });

  constructor(script: readonly Turn[] = demoScript, options: ScriptedLlmOptions = {}) {
    this.llm = new ScriptedLlm(script, options);
    this.tee = new TlsTee(this.llm.fetch);
    this.workspace = this.path("workspace");
    Deno.mkdirSync(this.workspace);
  }

  get exchanges(): readonly Exchange[] {
    return this.llm.exchanges;
  }

  /** A path of this test's own, outside the workspace. */
  path(name: string): string {
    return join(this.#dir, name);
  }

  /** What an agent needs to know to talk to this world's model. */
  env(key = "sk-ant-sample"): Record<string, string> {
    return {
      ANTHROPIC_BASE_URL: this.tee.url,
      OPENAI_BASE_URL: `${this.tee.url}/v1`,
      ANTHROPIC_API_KEY: key,
      OPENAI_API_KEY: key,
      NODE_EXTRA_CA_CERTS: this.tee.caFile,
      SSL_CERT_FILE: this.tee.caFile,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tee[Symbol.asyncDispose]();
    Deno.removeSync(this.#dir, { recursive: true });
  }
}

/** The command line of a sample agent. */
export function agentCommand(
  runtime: "node" | "python3",
  args: readonly string[],
): [program: string, ...string[]] {
  return runtime === "node"
    ? ["node", join(samples, "agent.mjs"), ...args]
    : [python, join(samples, "agent.py"), ...args];
}
