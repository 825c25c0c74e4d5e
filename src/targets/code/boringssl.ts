/** BoringSSL without symbols: SSL_read and SSL_write by the errors that they report. */
import { TlsFunction } from "../../capture/layout.gen.ts";
import type { Finding, Refusal, Stack } from "../target.ts";
import type { Analysis, NamedString } from "./analysis.ts";
import { judgeCopies } from "./copies.ts";
import {
  describe,
  type ErrorFunction,
  errorReports,
  hasReasons,
  sameReasons,
  theOne,
} from "./error_reports.ts";
import { found, type Role } from "./hook.ts";
import { argument } from "./walk.ts";

const FILE = "ssl/ssl_lib.cc";
export const boringSslNames: readonly string[] = [FILE];
const library = "BoringSSL";
const ERR_LIB_SSL = 16;
/** Reasons of BoringSSL's ssl.h and err.h; they are part of its interface and do not change. */
const CALLED_FOR_QUIC = 66; // ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED
const BAD_LENGTH = 111;
const CONNECTION_TYPE_NOT_SET = 134;
const NULL_SSL_CTX = 185;
const HANDSHAKE_FAILURE = 215;
const UNINITIALIZED = 226;
const APPLICATION_DATA_ON_SHUTDOWN = 291;
const writeReasons = [CALLED_FOR_QUIC, UNINITIALIZED, HANDSHAKE_FAILURE, BAD_LENGTH];

const write: Role = { name: "SSL_write", function: TlsFunction.WRITE, when: "both" };
const read: Role = { name: "SSL_read", function: TlsFunction.READ, when: "both" };
const handshake: Role = { name: "SSL_do_handshake", function: TlsFunction.HANDSHAKE, when: "both" };
const create: Role = { name: "SSL_new", function: TlsFunction.NEW, when: "return" };

export function judgeBoringSsl(analysis: Analysis): Finding {
  return judgeCopies(analysis, [FILE], (file) => judgeCopy(analysis, file));
}

/** One copy of the library; null when what refers to the string reports no errors with it. */
function judgeCopy(analysis: Analysis, file: NamedString): Stack | Refusal | null {
  const reports = errorReports(analysis, file, ERR_LIB_SSL);
  if (reports === null) return null;
  const { functions, evidence } = reports;
  const writers = functions.filter((f) => sameReasons(f, writeReasons));
  const needed = [
    { role: write, function: theOne(writers, write.name) },
    { role: read, function: theOne(readers(analysis, functions), read.name) },
  ];
  const doubts = needed.map(({ function: f }) => f).filter((f) => typeof f === "string");
  if (doubts.length > 0) return { library, reason: doubts.join(", "), evidence };
  // These bound connections, and are hooked only where there is no doubt.
  const optional = [
    {
      role: handshake,
      function: theOne(functions.filter((f) => sameReasons(f, [CONNECTION_TYPE_NOT_SET])), ""),
    },
    { role: create, function: theOne(functions.filter((f) => sameReasons(f, [NULL_SSL_CTX])), "") },
  ];
  const hooks = [...needed, ...optional].flatMap(({ role, function: f }) =>
    typeof f === "string" ? [] : [found(analysis, f.walk, { role, why: describe(f) })]
  );
  return {
    library,
    method: "string references",
    hooks: hooks.map(({ hook }) => hook),
    evidence: [...evidence, ...hooks.map((hook) => hook.evidence)],
  };
}

/**
 * SSL_read is SSL_peek and then takes what it gave out of the buffer. SSL_peek reports one error itself and calls the
 * function that fills the buffer; only SSL_read writes to the connection as well.
 */
function readers(analysis: Analysis, functions: readonly ErrorFunction[]): ErrorFunction[] {
  const fills = new Set(
    functions.filter((f) =>
      hasReasons(f, [UNINITIALIZED, HANDSHAKE_FAILURE]) &&
      !f.reasons.has(BAD_LENGTH) && !f.reasons.has(APPLICATION_DATA_ON_SHUTDOWN)
    ).map(({ walk }) => walk.entry),
  );
  return functions.filter((f) =>
    sameReasons(f, [CALLED_FOR_QUIC]) && f.walk.stores &&
    f.walk.sites.some((site) =>
      site.target !== undefined && fills.has(site.target) && analysis.arguments(site)[0] === argument(0)
    )
  );
}
