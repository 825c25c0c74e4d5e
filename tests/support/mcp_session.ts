/** Real MCP clients and servers from npm, of both eras, that talk over stdio. */
import { join } from "node:path";
import { type AgentPackage, installed, node, npmProgram } from "./agent_installs.ts";

/** 2025: sessions begin with `initialize`. 2026: there are none. */
export type Era = "2025" | "2026";

export const eras: readonly Era[] = ["2025", "2026"];

/** The official server that has something of everything; the client of its era comes with it. */
export const everything = npmProgram("mcp-everything", {
  version: "2026.8.31",
  package: "@modelcontextprotocol/server-everything",
  file: "dist/index.js",
});
const modern: AgentPackage = {
  ...npmProgram("mcp-client", {
    version: "2.4.0",
    package: "@modelcontextprotocol/client",
    file: "dist/index.mjs",
  }),
  beside: ["@modelcontextprotocol/server@2.4.0"],
};

/** What the client says of itself, on the last line of its stdout. */
export interface SaidByClient {
  /** Of the server, or of what started it. */
  readonly pid: number;
  readonly messages: readonly ({ readonly sent: unknown } | { readonly received: unknown })[];
}

export function saidByClient(stdout: string): SaidByClient {
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
}

export function program(name: string): string {
  return join(import.meta.dirname!, "programs", name);
}

/** Runs one session. `wrapper`: a program and its arguments that start the server. */
export async function mcpSession(era: Era, wrapper: readonly string[] = []): Promise<string[]> {
  const { executable } = era === "2025" ? everything : modern;
  const path = await installed(era === "2025" ? everything : modern);
  const modules = path.slice(0, -executable.length);
  const runtime = await installed(node("20.20.2"));
  return [runtime, program("mcp_client.mjs"), modules, era, ...wrapper];
}
