/** OpenSSL 1.1 and 3 without symbols: its functions by the names under which they report errors. */
import { TlsFunction } from "../../capture/layout.gen.ts";
import type { Finding, Refusal, Stack } from "../target.ts";
import type { Analysis, NamedString } from "./analysis.ts";
import { judgeCopies } from "./copies.ts";
import { hex } from "../hex.ts";
import { type Found, found, type Role } from "./hook.ts";
import { counting } from "./openssl_counts.ts";
import { onlyReporter, reportersOf, reportingNames } from "./openssl_names.ts";

const FILE = "ssl/ssl_lib.c";
export const openSslNames: readonly string[] = [FILE, ...reportingNames];
const library = "OpenSSL";

interface NamedRole extends Role {
  /** The internal function that it hands its arguments on to. */
  readonly internal?: string;
}

const roles: readonly NamedRole[] = [
  { name: "SSL_write", function: TlsFunction.WRITE, when: "both" },
  { name: "SSL_read", function: TlsFunction.READ, when: "both" },
  { name: "SSL_write_ex", function: TlsFunction.WRITE_EX, when: "both", internal: "ssl_write_internal" },
  { name: "SSL_read_ex", function: TlsFunction.READ_EX, when: "both", internal: "ssl_read_internal" },
  { name: "SSL_do_handshake", function: TlsFunction.HANDSHAKE, when: "both" },
  { name: "SSL_new", function: TlsFunction.NEW, when: "return" },
];

export function judgeOpenSsl(analysis: Analysis): Finding {
  return judgeCopies(analysis, [FILE], (file) => judgeCopy(analysis, file));
}

/** One copy of the library; null when what refers to the string reports no errors with it. */
function judgeCopy(analysis: Analysis, file: NamedString): Stack | Refusal | null {
  const reporters = reportersOf(analysis, file);
  if (reporters === null) return null;
  const hooks: Found[] = [];
  const doubts: string[] = [];
  for (const { internal, ...role } of roles) {
    const walk = internal === undefined
      ? onlyReporter(reporters, role.name)
      : counting(analysis, { reporters, internal, name: role.name });
    const why = internal === undefined
      ? `the one function that reports errors as ${reporters.describe(role.name)}`
      : `the one function that hands its four arguments on as ${internal} does, which reports errors as ${
        reporters.describe(internal)
      }`;
    if (typeof walk === "string") doubts.push(walk);
    else hooks.push(found(analysis, walk, { role, why }));
  }
  const has = (prefix: string) => hooks.some(({ hook }) => hook.name.startsWith(prefix));
  const evidence = [
    `"${file.text}" at ${hex(file.address)}, ${file.references.length} code references`,
    reporters.evidence,
    ...hooks.map((hook) => hook.evidence),
    ...doubts,
  ];
  return has("SSL_write") && has("SSL_read")
    ? { library, method: "string references", hooks: hooks.map(({ hook }) => hook), evidence }
    : { library, reason: doubts.join(", "), evidence };
}
