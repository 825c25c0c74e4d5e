/** Every agent on every way to its model. */
import { codex, node } from "../support/agent_installs.ts";
import type { AgentRow } from "./agent_row.ts";
import { claudeCodeRow } from "./claude_code.ts";
import { codexDeflated, codexHttps, codexOwnAuthority, codexWebSocket } from "./codex.ts";
import { cline, copilot, opencode } from "./more_agents.ts";
import { geminiCli, qwenCode } from "./node_agents.ts";

/** The agents as most people have them: what every change is tested with. */
export const currentRows: readonly AgentRow[] = [
  claudeCodeRow("2.1.330"),
  codexHttps("0.169.0"),
  codexWebSocket("0.169.0"),
  codexDeflated("0.169.0"),
  codexOwnAuthority("0.169.0"),
];

const olderCodex = codex("0.116.0", "codex/codex");

/** Releases of the seven months before, agents of other vendors, and files that nobody has seen before. */
export const otherRows: readonly AgentRow[] = [
  ...["2.1.290", "2.1.237", "2.1.140", "2.1.112"].map(claudeCodeRow),
  ...["0.165.0", "0.155.0", "0.149.0", "0.142.0"].flatMap((version) => [
    codexHttps(version),
    codexWebSocket(version),
    codexOwnAuthority(version),
  ]),
  codexHttps("0.116.0", olderCodex),
  codexWebSocket("0.116.0", olderCodex),
  codexOwnAuthority("0.169.0", "HTTP/1.1"),
  ...currentRows.map((row) => ({ ...row, name: `${row.name}, as an unknown file`, anonymous: true })),
  opencode,
  geminiCli(node("26.10.0"), "HTTP/2"),
  geminiCli(node("20.20.2"), "HTTP/1.1"),
  qwenCode,
  copilot,
  cline,
];
