/** Where a value stands in JSON text that is known to be valid. */

export type JsonPath = readonly (string | number)[];

const QUOTE = 34, BACKSLASH = 92;

/** From the value's first character to behind its last; null when nothing is at `path`. A repeated key counts last. */
export function locate(json: string, path: JsonPath): readonly [from: number, to: number] | null {
  let at = skipBlanks(json, 0);
  for (const step of path) {
    const next = typeof step === "number" ? element(json, at, step) : member(json, at, step);
    if (next === null) return null;
    at = next;
  }
  return [at, valueEnd(json, at)];
}

/** Behind the closing quote of the string that starts at `at`; the text's length when there is none. */
export function stringEnd(json: string, at: number): number {
  for (let i = at + 1; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === QUOTE) return i + 1;
    if (code === BACKSLASH) i++;
  }
  return json.length;
}

function member(json: string, object: number, key: string): number | null {
  if (json[object] !== "{") return null;
  let found: number | null = null;
  for (let at = skipBlanks(json, object + 1); json.charCodeAt(at) === QUOTE;) {
    const end = stringEnd(json, at);
    const value = skipBlanks(json, skipBlanks(json, end) + 1);
    if (JSON.parse(json.slice(at, end)) === key) found = value;
    at = afterValue(json, value);
  }
  return found;
}

function element(json: string, array: number, index: number): number | null {
  if (json[array] !== "[") return null;
  let at = skipBlanks(json, array + 1);
  for (let i = 0; at < json.length && json[at] !== "]"; i++) {
    if (i === index) return at;
    at = afterValue(json, at);
  }
  return null;
}

/** Where the next key or element starts; anywhere else at the end of its container. */
function afterValue(json: string, value: number): number {
  const end = skipBlanks(json, valueEnd(json, value));
  return json[end] === "," ? skipBlanks(json, end + 1) : end;
}

function valueEnd(json: string, at: number): number {
  let depth = 0;
  let i = at;
  do {
    const char = json[i];
    if (char === '"') {
      i = stringEnd(json, i);
      continue;
    }
    if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") depth--;
    else if (depth === 0) return scalarEnd(json, i);
    i++;
  } while (depth > 0 && i < json.length);
  return i;
}

function scalarEnd(json: string, at: number): number {
  let i = at;
  while (i < json.length && !",]} \t\r\n".includes(json[i]!)) i++;
  return i;
}

function skipBlanks(json: string, at: number): number {
  let i = at;
  while (i < json.length && " \t\r\n".includes(json[i]!)) i++;
  return i;
}
