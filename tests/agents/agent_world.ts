import { join } from "node:path";
import { TlsTee, type TlsTeeOptions } from "../support/tls_tee.ts";
import { AgentModel, type Decide, runCommands } from "./agent_model.ts";

/** Names that agents know their providers by; here they all lead to the model of the test. */
const hosts = [
  "api.anthropic.com",
  "api.openai.com",
  "generativelanguage.googleapis.com",
  "llm.example.test",
];
const bundle = "/etc/ssl/certs/ca-certificates.crt";

export interface AgentWorldOptions {
  /** What the server offers. */
  readonly alpn: readonly string[];
  /** Whether the system trusts the server's authority, as it does a provider's. */
  readonly trusted: boolean;
  /** Stands in front of the model. */
  readonly relay?: TlsTeeOptions["relay"];
  /** What the model says: it leaves a proof unless told. */
  readonly decide?: Decide;
}

/** A scripted model behind TLS that is recorded, and a system where nothing else can be reached by name. */
export class AgentWorld implements AsyncDisposable {
  /** What the agent is asked; found again in what was captured. */
  readonly prompt: string;
  readonly answer: string;
  readonly model: AgentModel;
  /** What stands in front of the model changes what goes over the wire. */
  readonly deflates: boolean;
  readonly tee: TlsTee;
  /** Empty at first, as is `workspace`. */
  readonly home: string;
  readonly workspace: string;
  readonly #dir = Deno.makeTempDirSync({ prefix: "agentsight-agents-" });
  readonly #trusted: boolean;

  constructor({ alpn, trusted, relay, decide }: AgentWorldOptions) {
    const id = crypto.randomUUID().slice(0, 8);
    this.prompt = `Leave the proof ${id} in this directory`;
    this.answer = `The proof ${id} is there.`;
    const proof = {
      commands: [
        `echo ${id} > ${this.path("workspace/proof")}`,
        `cat ${this.path("workspace/proof")}`,
        `wc -c < ${this.path("workspace/proof")}`,
      ],
      answer: this.answer,
    };
    this.model = new AgentModel(decide ?? runCommands(proof));
    this.tee = new TlsTee(this.model.fetch, { alpn, names: hosts, ...(relay ? { relay } : {}) });
    this.#trusted = trusted;
    this.deflates = relay !== undefined;
    this.home = this.directory("home");
    this.workspace = this.directory("workspace");
  }

  /** A path of this world's own. */
  path(name: string): string {
    return join(this.#dir, name);
  }

  directory(name: string): string {
    Deno.mkdirSync(this.path(name), { recursive: true });
    return this.path(name);
  }

  /** Leaves a file in the home directory. */
  configure(name: string, content: string | Record<string, unknown>): void {
    const path = join(this.home, name);
    Deno.mkdirSync(join(path, ".."), { recursive: true });
    Deno.writeTextFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  }

  /** `https://HOST:PORT` of the model. */
  origin(host: string): string {
    return `https://${host}:${this.tee.port}`;
  }

  /** Whether the model's command ran. */
  get proven(): boolean {
    try {
      return this.prompt.includes(Deno.readTextFileSync(join(this.workspace, "proof")).trim());
    } catch {
      return false;
    }
  }

  /** `command` in a mount namespace where the provider's names are ours and there are no other names. */
  inside(command: readonly string[]): string[] {
    const replaced: Record<string, string> = {
      "/etc/hosts": `127.0.0.1 localhost ${hosts.join(" ")}\n`,
      // Nobody answers there: a name that is not in the file above is refused at once.
      "/etc/resolv.conf": "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n",
    };
    if (this.#trusted) {
      replaced[bundle] = Deno.readTextFileSync(bundle) + Deno.readTextFileSync(this.tee.caFile);
    }
    const mounts = Object.entries(replaced).map(([path, content], index) => {
      const file = this.path(`mounted-${index}`);
      Deno.writeTextFileSync(file, content);
      return `mount --bind ${file} ${path}`;
    }).join("; ");
    return ["unshare", "--mount", "sh", "-c", `set -e; ${mounts}; exec "$@"`, "sh", ...command];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tee[Symbol.asyncDispose]();
    Deno.removeSync(this.#dir, { recursive: true });
  }
}
