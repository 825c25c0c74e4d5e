/** Official clients from npm, installed together, and what they run on. */
import { dirname, join } from "node:path";
import { type AgentPackage, installed, node } from "../agent_installs.ts";

export interface SdkRuntime {
  readonly name: string;
  /** What its fetch speaks with a server that offers both. */
  readonly http: "1.1" | "2";
  readonly command: () => Promise<readonly string[]>;
}

export const sdkRuntimes: readonly SdkRuntime[] = [
  { name: "Node.js 20", http: "1.1", command: async () => [await installed(node("20.20.2"))] },
  {
    name: "Deno",
    http: "2",
    command: () =>
      Promise.resolve([
        Deno.execPath(),
        "run",
        "-A",
        "--no-lock",
        "--no-config",
        "--node-modules-dir=manual",
      ]),
  },
];

/** With all of them: where a version stands for a whole, it is raised with them. */
const clients: AgentPackage = {
  name: "sdks",
  version: "2026.11",
  spec: "openai@7.57.0",
  beside: [
    "@anthropic-ai/sdk@1.12.0",
    "@google/genai@3.1.0",
    "ollama@0.6.4",
    "@aws-sdk/client-bedrock-runtime@3.1164.0",
    "@smithy/node-http-handler@4.14.2",
  ],
  executable: "openai/package.json",
};

/** The command that runs them, with the server at `origin` and on `socket`. */
export async function sdkClients(
  { command }: SdkRuntime,
  { origin, socket }: { readonly origin: string; readonly socket: string },
): Promise<string[]> {
  const beside = join(dirname(await installed(clients)), "../../package.json");
  return [...await command(), join(import.meta.dirname!, "clients/main.mjs"), origin, socket, beside];
}
