/** Codex: a static Rust program that has OpenSSL and rustls inside, and chooses by what it is told. */
import { codex } from "../support/agent_installs.ts";
import type { AgentRow } from "./agent_row.ts";
import type { AgentWorld } from "./agent_world.ts";
import { deflatingRelay } from "./deflating_relay.ts";

const start = ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox"];
const env = { CODEX_API_KEY: "sk-of-test", OPENAI_API_KEY: "sk-of-test" };
const common = [
  'model = "gpt-5.1"',
  "check_for_update_on_startup = false",
  "analytics.enabled = false",
  "features.plugins = false",
];

/** HTTPS as it comes: OpenSSL, which offers no protocol. */
export function codexHttps(version: string, agent = codex(version)): AgentRow {
  return {
    name: `Codex ${version}, HTTPS`,
    agent,
    trusted: true,
    protocol: "HTTP/1.1",
    prepare: (world) => {
      configureHttps(world);
      return { args: [...start, world.prompt], env };
    },
  };
}

/** As it comes: a WebSocket by rustls, which offers no protocol for it, and the list of models by OpenSSL. */
export function codexWebSocket(version: string, agent = codex(version)): AgentRow {
  return {
    name: `Codex ${version}, WebSocket`,
    agent,
    trusted: true,
    protocol: "WebSocket",
    prepare: (world) => {
      world.configure(".codex/config.toml", [...common, `openai_base_url = "${baseUrl(world)}"`].join("\n"));
      return { args: [...start, world.prompt], env };
    },
  };
}

/** The same against a server that deflates every message, as the provider's does. */
export function codexDeflated(version: string): AgentRow {
  const row = codexWebSocket(version);
  return { ...row, name: `${row.name}, deflated`, relay: deflatingRelay };
}

/** HTTPS with an authority of one's own: rustls, which prefers HTTP/2. */
export function codexOwnAuthority(version: string, protocol: "HTTP/1.1" | "HTTP/2" = "HTTP/2"): AgentRow {
  return {
    name: `Codex ${version}, ${protocol} with SSL_CERT_FILE`,
    agent: codex(version),
    ...(protocol === "HTTP/1.1" ? { alpn: ["http/1.1"] } : {}),
    protocol,
    prepare: (world) => {
      configureHttps(world);
      return { args: [...start, world.prompt], env: { ...env, SSL_CERT_FILE: world.tee.caFile } };
    },
  };
}

function configureHttps(world: AgentWorld): void {
  const provider = [
    'model_provider = "test"',
    "[model_providers.test]",
    'name = "OpenAI"',
    `base_url = "${baseUrl(world)}"`,
    'env_key = "OPENAI_API_KEY"',
    'wire_api = "responses"',
    "supports_websockets = false",
  ];
  world.configure(".codex/config.toml", [...common, ...provider].join("\n"));
}

function baseUrl(world: AgentWorld): string {
  return `${world.origin("api.openai.com")}/v1`;
}
