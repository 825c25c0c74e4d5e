/** One agent on one way to its model: what the tests run and what they expect to see. */
import type { AgentPackage } from "../support/agent_installs.ts";
import type { AgentWorld, AgentWorldOptions } from "./agent_world.ts";

export interface AgentRow {
  readonly name: string;
  readonly agent: AgentPackage;
  /** What runs the agent, where it is not a program by itself. */
  readonly runtime?: AgentPackage;
  /** Run as a copy under another name, without a build id. */
  readonly anonymous?: boolean;
  /** What the server offers: `h2` and `http/1.1` unless told. */
  readonly alpn?: readonly string[];
  /** Whether the system's store has the server's authority, so that no variable has to say so. */
  readonly trusted?: boolean;
  /** Stands in front of the model. */
  readonly relay?: AgentWorldOptions["relay"];
  /** How the conversation goes. */
  readonly protocol: "HTTP/1.1" | "HTTP/2" | "WebSocket";
  /** Writes the agent's settings into the home directory. Its answer goes to stdout. */
  prepare(world: AgentWorld): AgentStart;
}

export interface AgentStart {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}
