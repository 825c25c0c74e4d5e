/**
 * The AEAD boundary of aws-lc and BoringSSL, where rustls and others hand each TLS record to the crypto library: its
 * functions by the errors that they report and by how many arguments they take on the stack, which tells the real
 * function from a place where the compiler has put a copy of its body.
 */
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
import { type Found, found, type Role } from "./hook.ts";

export const aeadNames = ["cipher/aead.c", "cipher/aead.cc", "cipher/aead.cc.inc"] as const;
const ERR_LIB_CIPHER = 30;
/** Reasons of cipher.h; they are part of its interface and do not change. */
const BAD_DECRYPT = 101;
const BUFFER_TOO_SMALL = 103;
const CTRL_NOT_IMPLEMENTED = 104;
const INVALID_AD_SIZE = 112;
const OUTPUT_ALIASES_INPUT = 115;
const TOO_LARGE = 117;
const INVALID_NONCE_SIZE = 122;

interface Form extends Role {
  /** C arguments. */
  readonly parameters: number;
  readonly matches: (f: ErrorFunction) => boolean;
}

const forms: readonly Form[] = [
  {
    name: "EVP_AEAD_CTX_seal",
    function: TlsFunction.AEAD_SEAL,
    when: "entry",
    parameters: 10,
    matches: (f) => sameReasons(f, [TOO_LARGE, BUFFER_TOO_SMALL, OUTPUT_ALIASES_INPUT]),
  },
  {
    name: "EVP_AEAD_CTX_seal_scatter",
    function: TlsFunction.AEAD_SEAL_SCATTER,
    when: "entry",
    parameters: 13,
    matches: (f) => sameReasons(f, [OUTPUT_ALIASES_INPUT, INVALID_AD_SIZE]),
  },
  {
    name: "EVP_AEAD_CTX_open",
    function: TlsFunction.AEAD_OPEN,
    when: "both",
    parameters: 10,
    // With or without a copy of open_gather, which it calls.
    matches: (f) =>
      hasReasons(f, [OUTPUT_ALIASES_INPUT, BAD_DECRYPT, BUFFER_TOO_SMALL]) && !f.reasons.has(TOO_LARGE),
  },
  {
    name: "EVP_AEAD_CTX_open_gather",
    function: TlsFunction.AEAD_OPEN_GATHER,
    when: "both",
    parameters: 10,
    matches: (f) => sameReasons(f, [OUTPUT_ALIASES_INPUT, CTRL_NOT_IMPLEMENTED]),
  },
];

export function judgeAead(analysis: Analysis): Finding {
  return judgeCopies(analysis, aeadNames, (file) => judgeCopy(analysis, file));
}

/** One copy of the library; null when what refers to the string reports no errors with it. */
function judgeCopy(analysis: Analysis, file: NamedString): Stack | Refusal | null {
  const reports = errorReports(analysis, file, ERR_LIB_CIPHER);
  if (reports === null) return null;
  const library = libraryOf(file.text);
  const { functions, evidence } = reports;
  if (functions.some(({ reasons }) => reasons.has(INVALID_NONCE_SIZE) && reasons.has(CTRL_NOT_IMPLEMENTED))) {
    return {
      library,
      reason: "its records pass through EVP_AEAD_CTX_sealv and openv, which are not hooked",
      evidence,
    };
  }
  const chosen: { readonly form: Form; readonly function: ErrorFunction }[] = [];
  const doubts: string[] = [];
  for (const form of forms) {
    const onStack = form.parameters - analysis.registerArguments;
    const one = theOne(
      functions.filter((f) => form.matches(f) && f.walk.stackArguments === onStack),
      form.name,
    );
    if (typeof one === "string") doubts.push(one);
    else chosen.push({ form, function: one });
  }
  // Where open leaves the work to open_gather, that one sees every record, and a hook on both would see it twice.
  const isLeftTo = (f: ErrorFunction) =>
    chosen.some(({ function: other }) =>
      other !== f && f.walk.sites.some(({ target }) => target === other.walk.entry)
    );
  const [left, kept] = [
    chosen.filter((one) => isLeftTo(one.function)),
    chosen.filter((one) => !isLeftTo(one.function)),
  ];
  const hooks = kept.map(({ form, function: f }) => place(analysis, f, form));
  const sentences = [
    ...evidence,
    ...hooks.map((hook) => hook.evidence),
    ...left.map(({ form }) => `${form.name} is not hooked: it calls another one that is`),
    ...doubts,
  ];
  const has = (part: string) => kept.some(({ form }) => form.name.includes(part));
  return has("seal") && has("open")
    ? { library, method: "string references", hooks: hooks.map(({ hook }) => hook), evidence: sentences }
    : { library, reason: doubts.join(", "), evidence: sentences };
}

function place(analysis: Analysis, f: ErrorFunction, role: Role): Found {
  const why = `${describe(f)}, and ${f.walk.stackArguments} arguments on the stack`;
  return found(analysis, f.walk, { role, why });
}

function libraryOf(path: string): string {
  return /aws[-_]lc/.test(path) ? "aws-lc (AEAD)" : "BoringSSL (AEAD)";
}
