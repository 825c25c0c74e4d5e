/** One of the alternatives of a streamed Chat Completions answer, in the making. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Part } from "../event.ts";
import { type JsonObject, number, object, objects, string } from "./json.ts";
import { type Again, NO_PROGRESS, type Progress } from "./api.ts";
import { chatContent, messageParts } from "./openai_chat_content.ts";
import { reasoningOf } from "./openai_chat_reasoning.ts";

/** Padding, and a time that some services set for each chunk. */
const MEANINGLESS = [["obfuscation"], ["created"]];

/** Fields of a delta that are a piece of one text. */
const PLAIN: ReadonlySet<string> = new Set(["content", "reasoning_content", "reasoning", "reasoning_text"]);

interface ToolCall {
  readonly index: number;
  id: string | null;
  name: string;
  input: string;
  custom: boolean;
}

export class ChatChoice {
  #content = "";
  #reasoning = "";
  #opaque = "";
  #refusal = "";
  #transcript = "";
  #audio: { bytes: number; readonly hash: ReturnType<typeof createHash> } | null = null;
  readonly #tools: ToolCall[] = [];
  readonly #byIndex = new Map<number, ToolCall>();
  readonly #byId = new Map<string, ToolCall>();
  readonly #annotations: JsonObject[] = [];
  readonly #images: JsonObject[] = [];
  stopReason: string | null = null;

  /** `choice` is an element of a chunk's `choices`, and the first one where the same may come again. */
  grow(choice: JsonObject): Progress {
    this.stopReason = string(choice.finish_reason) ?? this.stopReason;
    const delta = object(choice.delta) ?? object(choice.message);
    if (!delta) return NO_PROGRESS;
    const text = this.#read(delta) + this.#hear(object(delta.audio)) + this.#refuse(delta);
    const tools = this.#call(delta);
    const again = this.#again(delta);
    if (again) return { text, content: true, again };
    const content = text !== "" || tools || reasoningOf(delta).content !== "";
    return content ? { text, content } : NO_PROGRESS;
  }

  parts(): Part[] {
    const calls = this.#tools.toSorted((a, b) => a.index - b.index).map(({ id, name, input, custom }) =>
      custom ? { id, custom: { name, input } } : { id, function: { name, arguments: input } }
    );
    const parts = messageParts({
      content: this.#content,
      reasoning: this.#reasoning,
      reasoning_opaque: this.#opaque,
      refusal: this.#refusal,
      audio: this.#transcript === "" ? null : { transcript: this.#transcript },
      annotations: this.#annotations,
      images: this.#images,
      tool_calls: calls,
    });
    if (!this.#audio) return parts;
    const { bytes: byte_size, hash } = this.#audio;
    return [
      { type: "blob", modality: "audio", mime_type: null, byte_size, sha256: hash.copy().digest("hex") },
      ...parts,
    ];
  }

  #read(delta: JsonObject): string {
    const { content, opaque } = reasoningOf(delta);
    this.#reasoning += content;
    this.#opaque += opaque;
    if (delta.annotations) { for (const one of objects(delta.annotations)) this.#annotations.push(one); }
    if (delta.images) { for (const one of objects(delta.images)) this.#images.push(one); }
    let text = string(delta.content) ?? "";
    if (Array.isArray(delta.content)) {
      for (const part of chatContent(delta.content)) {
        if (part.type === "text") text += part.content;
        else if (part.type === "reasoning") this.#reasoning += part.content;
      }
    }
    this.#content += text;
    return text;
  }

  #refuse(delta: JsonObject): string {
    const refusal = string(delta.refusal) ?? "";
    this.#refusal += refusal;
    return refusal;
  }

  /** Whether anything was called. */
  #call(delta: JsonObject): boolean {
    const calls = Array.isArray(delta.tool_calls) ? objects(delta.tool_calls) : [];
    for (const call of calls) this.#growTool(call);
    const legacy = object(delta.function_call);
    if (legacy) this.#growTool({ index: 0, function: legacy });
    return calls.length > 0 || legacy !== null;
  }

  /** For a delta that brings a piece of one string and nothing else. */
  #again(delta: JsonObject): Again | null {
    let field: string | null = null;
    for (const name in delta) {
      const value = delta[name];
      if (name === "role" || value === null || value === "") continue;
      if (field !== null || typeof value !== "string") return null;
      if (!PLAIN.has(name)) return null;
      field = name;
    }
    if (field === null) return null;
    const visible = field === "content";
    const more = (text: string) => {
      if (visible) this.#content += text;
      else this.#reasoning += text;
      return visible ? text : "";
    };
    return { path: ["choices", 0, "delta", field], ignored: MEANINGLESS, more };
  }

  /** Sound is not kept, and comes in pieces that are encoded each by itself. */
  #hear(audio: JsonObject | null): string {
    if (!audio) return "";
    const words = string(audio.transcript) ?? "";
    this.#transcript += words;
    const data = string(audio.data);
    if (data !== null) {
      this.#audio ??= { bytes: 0, hash: createHash("sha256") };
      const bytes = Buffer.from(data, "base64");
      this.#audio.bytes += bytes.length;
      this.#audio.hash.update(bytes);
    }
    return words;
  }

  /** Fragments belong together by index, and the first one has the id and the name. */
  #growTool(raw: JsonObject): void {
    const custom = object(raw.custom);
    const called = custom ?? object(raw.function) ?? {};
    const id = string(raw.id) || null;
    const name = string(called.name) ?? "";
    const tool = this.#toolFor({ index: number(raw.index), id, name });
    tool.custom ||= custom !== null;
    tool.id ||= id;
    tool.name ||= name;
    const input = custom ? custom.input : called.arguments;
    tool.input += string(input) ?? (object(input) ? JSON.stringify(input) : "");
  }

  /** Some services give whole calls without an index (Mistral), or all of them the same one (Google). */
  #toolFor({ index, id, name }: { index: number | null; id: string | null; name: string }): ToolCall {
    const byId = id === null ? undefined : this.#byId.get(id);
    const known = index !== null
      ? this.#byIndex.get(index)
      : byId ?? (id === null && name === "" ? this.#tools.at(-1) : undefined);
    const another = known && id !== null && known.id !== null && known.id !== id && name !== "";
    if (known && !another) return known;
    const tool = { index: index ?? this.#tools.length, id, name: "", input: "", custom: false };
    this.#tools.push(tool);
    this.#byIndex.set(tool.index, tool);
    if (id !== null) this.#byId.set(id, tool);
    return tool;
  }
}
