/** A finding read back from disk, where anything may stand: checked in every part, or refused as a whole. */
import { TlsFunction } from "../../capture/layout.gen.ts";
import type { Binary, Finding, HookPoint, Method, Refusal, Stack } from "../target.ts";

const MAX_ITEMS = 256;
const MAX_RETURNS = 1024;
const MAX_TEXT = 4096;
/** A record, so that the compiler says when one is missing. */
const everyMethod: Readonly<Record<Method, true>> = {
  "symbols": true,
  "debug file": true,
  "string references": true,
  "function tables": true,
  "Go tables": true,
};
const methods = Object.keys(everyMethod) as Method[];
const functions: ReadonlySet<unknown> = new Set(Object.values(TlsFunction));

type Fields = Readonly<Record<string, unknown>>;

/** Null unless it is a finding that could be about this file: every offset lies in its code. */
export function parseFinding(value: unknown, binary: Binary): Finding | null {
  const fields = fieldsOf(value);
  const stacks = list(fields?.stacks, (one) => parseStack(one, binary));
  const refusals = list(fields?.refusals, parseRefusal);
  return stacks && refusals ? { stacks, refusals } : null;
}

function parseStack(value: unknown, binary: Binary): Stack | null {
  const fields = fieldsOf(value);
  const library = text(fields?.library);
  const method = methods.find((one) => one === fields?.method);
  const hooks = list(fields?.hooks, (one) => parseHook(one, binary));
  const evidence = list(fields?.evidence, text);
  return library !== null && method && hooks && evidence ? { library, method, hooks, evidence } : null;
}

function parseRefusal(value: unknown): Refusal | null {
  const fields = fieldsOf(value);
  const library = text(fields?.library);
  const reason = text(fields?.reason);
  const evidence = list(fields?.evidence, text);
  return library !== null && reason !== null && evidence ? { library, reason, evidence } : null;
}

function parseHook(value: unknown, binary: Binary): HookPoint | null {
  const fields = fieldsOf(value);
  const name = text(fields?.name);
  const what = functions.has(fields?.function) ? fields?.function as number : null;
  const offset = codeOffset(fields?.offset, binary);
  const when = (["entry", "return", "both"] as const).find((known) => known === fields?.when);
  if (name === null || what === null || offset === null || !when) return null;
  const hook = { name, function: what, offset, when };
  if (fields?.returns === undefined) return hook;
  const returns = list(fields.returns, (one) => codeOffset(one, binary), MAX_RETURNS);
  return returns && { ...hook, returns };
}

function codeOffset(value: unknown, { elf }: Binary): number | null {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) return null;
  const inside = elf.segments.some(({ executable, offset, size }) =>
    executable && value >= offset && value < offset + size
  );
  return inside ? value : null;
}

function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Fields : null;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value.length <= MAX_TEXT ? value : null;
}

/** Null when it is not a list, is too long, or any item is refused. */
function list<T>(value: unknown, parse: (item: unknown) => T | null, most = MAX_ITEMS): T[] | null {
  if (!Array.isArray(value) || value.length > most) return null;
  const items: T[] = [];
  for (const item of value) {
    const parsed = parse(item);
    if (parsed === null) return null;
    items.push(parsed);
  }
  return items;
}
