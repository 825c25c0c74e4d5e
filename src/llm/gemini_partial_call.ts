/** A function call of Gemini whose arguments are streamed: values by their JSON path, strings in pieces. */
import type { Part } from "../event.ts";
import { type JsonObject, number, object, objects, string } from "./json.ts";

/** `$.places[0].name`, `$['a b']`: what the service sends of RFC 9535. */
const SEGMENT = /\.([\w-]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y;
/** Deeper arguments are not taken apart. */
const MAX_DEPTH = 32;

type Holder = Record<string, unknown> | unknown[];

export class PartialCall {
  #id: string | null = null;
  #name = "";
  #open = true;
  readonly #input: Record<string, unknown> = {};

  /** More of it follows. */
  get open(): boolean {
    return this.#open;
  }

  add(call: JsonObject): void {
    this.#id ||= string(call.id);
    this.#name ||= string(call.name) ?? "";
    this.#open = call.willContinue === true;
    const args = object(call.args);
    for (const [name, value] of Object.entries(args ?? {})) {
      if (name !== "__proto__") this.#input[name] = value;
    }
    for (const piece of objects(call.partialArgs)) {
      const path = segments(string(piece.jsonPath) ?? "");
      if (path) put(this.#input, path, valueOf(piece));
    }
  }

  part(): Part {
    return { type: "tool_call", id: this.#id || null, name: this.#name, arguments: this.#input };
  }
}

function valueOf(piece: JsonObject): unknown {
  const text = string(piece.stringValue);
  if (text !== null) return text;
  if (typeof piece.boolValue === "boolean") return piece.boolValue;
  return number(piece.numberValue);
}

/** Null for a path of another form. */
function segments(path: string): (string | number)[] | null {
  if (!path.startsWith("$")) return null;
  const out: (string | number)[] = [];
  SEGMENT.lastIndex = 1;
  while (SEGMENT.lastIndex < path.length) {
    const match = SEGMENT.exec(path);
    if (!match || out.length === MAX_DEPTH) return null;
    out.push(match[2] === undefined ? match[1] ?? match[3] ?? match[4] ?? "" : Number(match[2]));
  }
  return out.length > 0 ? out : null;
}

/** A string goes on where there is one. */
function put(root: Holder, path: readonly (string | number)[], value: unknown): void {
  let at: Holder = root;
  for (let i = 0; i < path.length; i++) {
    const key = path[i]!;
    // Arrays grow at their end only; a name that means something to the language is none of an argument.
    if (Array.isArray(at) ? typeof key !== "number" || key > at.length : key === "__proto__") return;
    const holder = at as Record<string | number, unknown>;
    const before = holder[key];
    if (i === path.length - 1) {
      holder[key] = typeof value === "string" && typeof before === "string" ? before + value : value;
      return;
    }
    const inner = typeof before === "object" && before !== null
      ? before
      : typeof path[i + 1] === "number"
      ? []
      : {};
    holder[key] = inner;
    at = inner as Holder;
  }
}
