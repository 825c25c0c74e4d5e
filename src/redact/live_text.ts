/** Calls in progress; the text of one that is forgotten still arrives whole with its `llm.call`. */
const CALLS = 1024;
/** Longest unbroken run that is held back; a longer one is left out of the live text. */
const LONGEST_RUN = 4096;
/** A key block that never ends stops hiding the live text after this much. */
const LONGEST_KEY = 32 * 1024;
/** Rules that need what stands before a secret (`Authorization: Bearer …`) look this far back. */
const CONTEXT = 256;
/** A cookie header is secret to the end of its line, blanks and all. */
const COOKIE = /cookie["']?(?:\s{0,2}[:=]|\s)/i;
const LONGEST_CONTEXT = 4096;
const KEY_WORD = "-----BEGIN";
const KEY_LINE = /^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const KEY_LINE_SO_FAR = /^-----BEGIN[A-Z0-9 ]{0,60}-{0,5}$/;
const KEY_END = /-----END [A-Z0-9 ]{0,40}-----/;
/** Longer than any END line: what is kept while waiting for the rest of one. */
const KEY_END_TAIL = 64;
const BREAK = /[^\x21-\x7e]/;

/** Text that may be shown once its secrets are replaced, `context` being what stood before it; or a note of ours. */
export type Piece = { readonly context: string; readonly text: string } | { readonly note: string };

interface Call {
  /** The end of what was released, as it was before redaction. */
  context: string;
  held: string;
  /** Other than "open": what is being left out. */
  mode: "open" | "run" | "key";
  hidden: number;
}

/**
 * Holds live text back so that no secret straddles what was shown and what comes. A secret is a run of printable
 * ASCII, so text is released up to the last character that is not; a private key spans lines and is left out.
 */
export class LiveText {
  readonly #calls = new Map<string, Call>();

  push(id: string, text: string): Piece[] {
    const call = this.#calls.get(id) ?? { context: "", held: "", mode: "open", hidden: 0 };
    this.#calls.delete(id);
    this.#calls.set(id, call);
    if (this.#calls.size > CALLS) this.#forgetOldest();
    call.held += text;
    return advance(call, { last: false });
  }

  /** The rest, once nothing more can come. */
  end(id: string): Piece[] {
    const call = this.#calls.get(id);
    if (call === undefined) return [];
    this.#calls.delete(id);
    return advance(call, { last: true });
  }

  #forgetOldest(): void {
    const [oldest] = this.#calls.keys();
    if (oldest !== undefined) this.#calls.delete(oldest);
  }
}

function advance(call: Call, { last }: { last: boolean }): Piece[] {
  const pieces: Piece[] = [];
  while (STEPS[call.mode](call, last, pieces));
  return pieces;
}

/** One step of each mode; true when another can follow at once. */
const STEPS = { open: release, run: skipRun, key: skipKey };

function release(call: Call, last: boolean, pieces: Piece[]): boolean {
  const safe = last ? call.held.length : lastBreak(call.held);
  const key = call.held.slice(0, safe).indexOf(KEY_WORD);
  emit(call, key < 0 ? safe : key, pieces);
  if (key >= 0) return startKey(call, last, pieces);
  if (call.held.length <= LONGEST_RUN) return false;
  pieces.push({ note: "[long text, shown when the call is complete]" });
  call.mode = "run";
  call.context = "";
  return true;
}

function startKey(call: Call, last: boolean, pieces: Piece[]): boolean {
  if (KEY_LINE.test(call.held)) {
    pieces.push({ note: "[redacted:private-key]" });
    call.mode = "key";
    call.hidden = 0;
    return true;
  }
  if (!last && KEY_LINE_SO_FAR.test(call.held)) return false;
  emit(call, KEY_WORD.length, pieces);
  return true;
}

function skipRun(call: Call): boolean {
  const end = call.held.search(BREAK);
  call.held = end < 0 ? "" : call.held.slice(end);
  if (end >= 0) call.mode = "open";
  return end >= 0;
}

function skipKey(call: Call, last: boolean): boolean {
  const end = KEY_END.exec(call.held);
  if (end === null && call.hidden + call.held.length <= LONGEST_KEY && !last) {
    const kept = call.held.slice(-KEY_END_TAIL);
    call.hidden += call.held.length - kept.length;
    call.held = kept;
    return false;
  }
  call.held = end === null ? "" : call.held.slice(end.index + end[0].length);
  // What follows may be the middle of a run that began inside the key.
  call.mode = end === null ? "run" : "open";
  return call.held !== "";
}

function emit(call: Call, length: number, pieces: Piece[]): void {
  if (length === 0) return;
  const text = call.held.slice(0, length);
  pieces.push({ context: call.context, text });
  call.held = call.held.slice(length);
  call.context = contextOf((call.context + text).slice(-LONGEST_CONTEXT));
}

function contextOf(released: string): string {
  return released.slice(Math.min(Math.max(released.length - CONTEXT, 0), cookieAt(released)));
}

function cookieAt(released: string): number {
  const line = released.slice(Math.max(released.lastIndexOf("\n"), released.lastIndexOf("\r")) + 1);
  const at = line.search(COOKIE);
  return at < 0 ? Infinity : released.length - line.length + at;
}

function lastBreak(text: string): number {
  let end = text.length;
  while (end > 0 && isPrintableAscii(text.charCodeAt(end - 1))) end--;
  return end;
}

function isPrintableAscii(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}
