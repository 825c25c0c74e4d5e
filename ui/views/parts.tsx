/** Parts of a message, each as what it is. */
import type { Part } from "../../src/event.ts";
import type { ServerTool } from "../../src/message.ts";
import { formatBytes, formatJson, plural } from "../models/format.ts";
import { type McpExchange, mcpNote } from "../models/mcp.ts";
import { Icon } from "./icons.tsx";
import { TextBlock } from "./text_block.tsx";

const SEALED = "Only the provider can read it.";

interface PartsProps {
  readonly parts: readonly Part[];
  /** What carried out the tool uses among them. */
  readonly mcp?: readonly McpExchange[];
}

export function Parts({ parts, mcp = [] }: PartsProps) {
  if (parts.length === 0) return <p class="hint">empty</p>;
  return <>{parts.map((part, i) => <OnePart key={i} part={part} mcp={mcp} />)}</>;
}

interface PartProps {
  readonly part: Part;
  readonly mcp: readonly McpExchange[];
}

function OnePart({ part, mcp }: PartProps) {
  switch (part?.type) {
    case "text":
      return <TextBlock text={part.content} />;
    case "reasoning":
      return (
        <details class="part part-reasoning">
          <summary>
            Reasoning <small>{plural(part.content.length, "character")}</small>
          </summary>
          <TextBlock text={part.content === "" ? SEALED : part.content} />
        </details>
      );
    case "tool_call":
      return <ToolCall name={part.name} id={part.id} input={part.arguments} mcp={mcp} />;
    case "tool_call_response":
      return (
        <div class={part.is_error ? "part part-result part-error" : "part part-result"}>
          <p class="part-head">
            <Icon name={part.is_error ? "error" : "ok"} />
            <b>{part.is_error ? "Tool failed" : "Tool result"}</b>{" "}
            {part.id !== null && <code>{part.id}</code>}
          </p>
          <Result response={part.response} />
        </div>
      );
    case "server_tool_call": {
      const { type: _, ...input } = part.server_tool_call;
      return <ToolCall name={part.name} id={part.id} input={input} note="run by the provider" />;
    }
    case "server_tool_call_response":
      return <ServerToolResult id={part.id} result={part.server_tool_call_response} />;
    case "compaction":
      return (
        <details class="part">
          <summary>Compacted history</summary>
          <TextBlock text={part.content ?? SEALED} />
        </details>
      );
    case "file":
      return (
        <p class="part part-head">
          <b>{part.modality}</b> given before <code>{part.file_id}</code>
        </p>
      );
    case "blob":
      return (
        <p class="part part-head">
          <b>{part.modality}</b> {part.mime_type ?? "unknown type"}, {formatBytes(part.byte_size)}, not kept
          {" "}
          {part.sha256 !== undefined && <code title="SHA-256">{part.sha256.slice(0, 16)}…</code>}
        </p>
      );
    case "uri":
      return (
        <p class="part part-head">
          <b>{part.modality}</b> <code>{part.uri}</code>
        </p>
      );
    case "other":
      return (
        <details class="part">
          <summary>{part.name}</summary>
          <TextBlock mono text={formatJson(part.value)} />
        </details>
      );
    default:
      return <UnknownPart part={part} />;
  }
}

interface ServerToolResultProps {
  readonly id: string | null;
  readonly result: ServerTool;
}

function ServerToolResult({ id, result: { type, ...result } }: ServerToolResultProps) {
  const failed = result.is_error === true || (result.error ?? null) !== null;
  return (
    <div class={failed ? "part part-result part-error" : "part part-result"}>
      <p class="part-head">
        <Icon name={failed ? "error" : "ok"} />
        <b>{failed ? "Tool failed" : "Tool result"}</b> {type} {id !== null && <code>{id}</code>}
      </p>
      <TextBlock mono text={formatJson(result)} />
    </div>
  );
}

/** A newer AgentSight's part, or what is no part at all: as it was recorded. */
function UnknownPart({ part }: { readonly part: unknown }) {
  const type = typeof part === "object" && part !== null && "type" in part
    ? String(part.type)
    : "unknown part";
  return (
    <details class="part">
      <summary>{type}</summary>
      <TextBlock mono text={formatJson(part)} />
    </details>
  );
}

/** Text, or parts of a message: a screenshot beside what it shows. */
function Result({ response }: { readonly response: unknown }) {
  if (!Array.isArray(response) || !response.every(isPart)) {
    return <TextBlock mono text={formatJson(response)} />;
  }
  return (
    <>
      {response.map((part, i) =>
        part.type === "text"
          ? <TextBlock key={i} mono text={part.content} />
          : <OnePart key={i} part={part} mcp={[]} />
      )}
    </>
  );
}

function isPart(value: unknown): value is Part {
  if (typeof value !== "object" || value === null || !("type" in value)) return false;
  return value.type !== "text" || ("content" in value && typeof value.content === "string");
}

interface ToolCallProps {
  readonly name: string;
  readonly id: string | null;
  readonly input: unknown;
  readonly note?: string;
  readonly mcp?: readonly McpExchange[];
}

export function ToolCall({ name, id, input, note, mcp = [] }: ToolCallProps) {
  return (
    <div class="part part-call">
      <p class="part-head">
        <Icon name="tool" />
        <b>{name}</b> {note} {id !== null && <code>{id}</code>}
      </p>
      <ToolInput input={input} />
      {mcp.filter(({ tool_call }) => id !== null && tool_call === id).map((one) => (
        <p key={one.seq} class={one.state === "failed" ? "part-mcp part-mcp-failed" : "part-mcp"}>
          <Icon name={one.state === "failed" ? "error" : "link"} />
          <span>
            MCP <code>{one.name}</code> on {one.server}, {mcpNote(one)}
          </span>
        </p>
      ))}
    </div>
  );
}

/** Arguments as a person wrote them: commands and file contents without JSON's escapes. */
function ToolInput({ input }: { readonly input: unknown }) {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    return <TextBlock mono text={formatJson(input)} />;
  }
  return (
    <dl class="arguments">
      {Object.entries(input).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <TextBlock mono text={formatJson(value)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
