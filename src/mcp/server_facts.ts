/** What a conversation tells of its server: from `initialize`, or from every message in the era without it. */
import { object, string } from "../llm/json.ts";
import type { JsonRpcMessage } from "../protocol/body/json_rpc.ts";

const META = "io.modelcontextprotocol/";
/** Answers with the server's name outside `_meta`. */
const INTRODUCTIONS: ReadonlySet<string> = new Set(["initialize", "server/discover"]);

export class ServerFacts {
  #name: string | null = null;
  #version: string | null = null;

  /** As the server calls itself. */
  get name(): string | null {
    return this.#name;
  }

  get protocolVersion(): string | null {
    return this.#version;
  }

  /** Of an HTTP header. */
  learnVersion(version: string | undefined): void {
    this.#version = version ?? this.#version;
  }

  /** `method` is the message's, or of what it answers. */
  learn(message: JsonRpcMessage, method: string | null): void {
    if (message.type === "error") return;
    const value = object(message.type === "response" ? message.result : message.params);
    if (!value) return;
    const meta = object(value._meta);
    let [server, version] = [meta?.[`${META}serverInfo`], meta?.[`${META}protocolVersion`]];
    if (method !== null && INTRODUCTIONS.has(method)) {
      // The server's answer to the client's wish is what holds.
      version ??= value.protocolVersion;
      if (message.type === "response") server ??= value.serverInfo;
    }
    this.#name = string(object(server)?.name) ?? this.#name;
    this.#version = string(version) ?? this.#version;
  }
}
