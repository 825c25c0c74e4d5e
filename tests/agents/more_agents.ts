/** Programs of other vendors that have their TLS library inside. */
import { npmProgram } from "../support/agent_installs.ts";
import type { AgentRow } from "./agent_row.ts";

/** Bun with BoringSSL inside; OpenAI Chat. */
export const opencode: AgentRow = {
  name: "opencode 1.18.33",
  agent: npmProgram("opencode", { version: "1.18.33", package: "opencode-linux-x64", file: "bin/opencode" }),
  protocol: "HTTP/1.1",
  prepare: (world) => {
    world.configure(".config/opencode/opencode.json", {
      model: "test/model-of-test",
      autoupdate: false,
      share: "disabled",
      permission: { bash: "allow" },
      provider: {
        test: {
          npm: "@ai-sdk/openai-compatible",
          name: "Test",
          options: { baseURL: `${world.origin("llm.example.test")}/v1`, apiKey: "sk-of-test" },
          models: { "model-of-test": { name: "Model" } },
        },
      },
    });
    return {
      args: ["run", world.prompt],
      env: {
        NODE_EXTRA_CA_CERTS: world.tee.caFile,
        OPENCODE_DISABLE_AUTOUPDATE: "1",
        OPENCODE_DISABLE_MODELS_FETCH: "1",
        OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
        OPENCODE_PURE: "1",
      },
    };
  },
};

/** A Rust add-on inside Node.js, which it unpacks into its cache when it starts. */
export const copilot: AgentRow = {
  name: "Copilot CLI 1.0.102",
  agent: npmProgram("copilot", { version: "1.0.102", package: "@github/copilot-linux-x64", file: "copilot" }),
  protocol: "HTTP/1.1",
  prepare: (world) => ({
    args: ["--prompt", world.prompt, "--allow-all-tools", "--no-auto-update"],
    env: {
      COPILOT_PROVIDER_BASE_URL: `${world.origin("llm.example.test")}/v1`,
      COPILOT_PROVIDER_TYPE: "openai",
      COPILOT_PROVIDER_API_KEY: "sk-of-test",
      COPILOT_MODEL: "gpt-5.1",
      COPILOT_OFFLINE: "true",
      NODE_EXTRA_CA_CERTS: world.tee.caFile,
    },
  }),
};

/** Bun with BoringSSL inside, too. */
export const cline: AgentRow = {
  name: "Cline 3.0.65",
  agent: npmProgram("cline", { version: "3.0.65", package: "@cline/cli-linux-x64", file: "bin/cline" }),
  protocol: "HTTP/1.1",
  prepare: (world) => {
    const provider = "openai-compatible";
    const settings = {
      provider,
      apiKey: "sk-of-test",
      model: "model-of-test",
      baseUrl: `${world.origin("llm.example.test")}/v1`,
    };
    world.configure(".cline/data/settings/providers.json", {
      version: 1,
      lastUsedProvider: provider,
      providers: { [provider]: { settings, updatedAt: new Date().toISOString(), tokenSource: "manual" } },
    });
    return {
      args: [world.prompt],
      // Local: no process that stays behind for the next conversation.
      env: {
        NODE_EXTRA_CA_CERTS: world.tee.caFile,
        CLINE_NO_AUTO_UPDATE: "1",
        CLINE_SESSION_BACKEND_MODE: "local",
      },
    };
  },
};
