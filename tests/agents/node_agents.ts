/** Agents in JavaScript, and so the TLS library of the Node.js that runs them. */
import { type AgentPackage, node, npmProgram } from "../support/agent_installs.ts";
import type { AgentRow } from "./agent_row.ts";

/** Gemini's own API; HTTP/2 where the runtime offers it. */
export function geminiCli(runtime: AgentPackage, protocol: AgentRow["protocol"]): AgentRow {
  return {
    name: `Gemini CLI 0.61.0 on Node.js ${runtime.version}`,
    agent: npmProgram("gemini", {
      version: "0.61.0",
      package: "@google/gemini-cli",
      file: "bundle/gemini.js",
    }),
    runtime,
    protocol,
    prepare: (world) => {
      world.configure(".gemini/settings.json", {
        security: { auth: { selectedType: "gemini-api-key" } },
        privacy: { usageStatisticsEnabled: false },
        general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
        telemetry: { enabled: false },
      });
      return {
        args: ["--skip-trust", "--yolo", "--model", "gemini-2.5-flash", "--prompt", world.prompt],
        env: {
          GOOGLE_GEMINI_BASE_URL: world.origin("generativelanguage.googleapis.com"),
          GEMINI_API_KEY: "key-of-test",
          NODE_EXTRA_CA_CERTS: world.tee.caFile,
          GEMINI_CLI_NO_RELAUNCH: "1",
        },
      };
    },
  };
}

/** OpenAI Chat through Node.js. */
export const qwenCode: AgentRow = {
  name: "Qwen Code 0.24.4 on Node.js 26.10.0",
  agent: npmProgram("qwen", { version: "0.24.4", package: "@qwen-code/qwen-code", file: "cli-entry.js" }),
  runtime: node("26.10.0"),
  protocol: "HTTP/1.1",
  prepare: (world) => {
    world.configure(".qwen/settings.json", {
      privacy: { usageStatisticsEnabled: false },
      general: { enableAutoUpdate: false },
      telemetry: { enabled: false },
    });
    return {
      args: ["--auth-type", "openai", "--yolo", "--prompt", world.prompt],
      env: {
        OPENAI_BASE_URL: `${world.origin("llm.example.test")}/v1`,
        OPENAI_API_KEY: "sk-of-test",
        OPENAI_MODEL: "model-of-test",
        NODE_EXTRA_CA_CERTS: world.tee.caFile,
      },
    };
  },
};
