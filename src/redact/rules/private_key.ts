import type { Range } from "../range.ts";

const BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
/** What may stand between BEGIN and END: base64, PEM headers, and the quoting of sources, logs and JSON. */
const BODY = /(?:[A-Za-z0-9+/=\s\\:,.()"'|>#]|-(?!----)){0,32768}/y;
/** Without an END only what looks like key lines goes, and one shorter last line. */
const LINES =
  /(?:(?:\s|\\[nr]){0,8}[A-Za-z0-9+/=]{20,4096}){1,700}(?:(?:\s|\\[nr]){1,4}[A-Za-z0-9+/=]{1,19})?/y;

/** PEM private keys. Linear where one lazy regular expression is quadratic on many BEGINs. */
export function findPrivateKeys(text: string, into: Range[]): void {
  BEGIN.lastIndex = 0;
  for (let begin = BEGIN.exec(text); begin !== null; begin = BEGIN.exec(text)) {
    const bodyAt = begin.index + begin[0].length;
    const body = run(BODY, text, bodyAt);
    const end = run(END, text, bodyAt + body.length);
    const length = end === "" ? run(LINES, text, bodyAt).length : body.length + end.length;
    into.push({ from: begin.index, to: bodyAt + length, kind: "private-key" });
    BEGIN.lastIndex = bodyAt + length;
  }
}

function run(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}
