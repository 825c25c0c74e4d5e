/** TLS libraries built into a program and stripped of their names, found by the strings in their error reports. */
import type { Finder, Finding, Refusal } from "../target.ts";
import { aeadNames, judgeAead } from "./aead.ts";
import { Analysis } from "./analysis.ts";
import { boringSslNames, judgeBoringSsl } from "./boringssl.ts";
import { judgeOpenSsl, openSslNames } from "./static_openssl.ts";

interface Family {
  readonly library: string;
  /** What ends the strings to look for. */
  readonly names: readonly string[];
  readonly judge: (analysis: Analysis) => Finding;
}

const boringSslFamily: Family = { library: "BoringSSL", names: boringSslNames, judge: judgeBoringSsl };
const openSslFamily: Family = { library: "OpenSSL", names: openSslNames, judge: judgeOpenSsl };
const aeadFamily: Family = { library: "aws-lc or BoringSSL", names: aeadNames, judge: judgeAead };

export const boringSsl: Finder = finder([boringSslFamily]);
export const openSsl: Finder = finder([openSslFamily]);
export const aead: Finder = finder([aeadFamily]);

/** All of them in one pass; the AEAD of a BoringSSL whose SSL_read and SSL_write are hooked is left out. */
export const strippedLibraries: Finder = (binary) => {
  const { stacks, refusals } = finder([boringSslFamily, openSslFamily, aeadFamily])(binary);
  const hooked = new Set(stacks.filter(({ library }) => library === boringSslFamily.library).map(sourceTree));
  const hasOwnSsl = (one: Finding["stacks"][number] | Refusal) =>
    one.library.endsWith("(AEAD)") && hooked.has(sourceTree(one));
  return {
    stacks: stacks.filter((one) => !hasOwnSsl(one)),
    refusals: refusals.filter((one) => !hasOwnSsl(one)),
  };
};

/** The path that a library's files were compiled under, as far as the evidence names one of them: "vendor/boringssl/". */
export function sourceTree({ evidence }: { readonly evidence: readonly string[] }): string | null {
  return /^"((?:[^"]*?\/)?)(?:ssl|crypto)\//.exec(evidence[0] ?? "")?.[1] ?? null;
}

function finder(wanted: readonly Family[]): Finder {
  return (binary) => {
    const refused = (reason: string): Finding => {
      const library = wanted.map((family) => family.library).join(", ");
      return { stacks: [], refusals: [{ library, reason, evidence: [] }] };
    };
    const analysis = Analysis.of(binary, wanted.flatMap(({ names }) => names));
    if (analysis === null) return { stacks: [], refusals: [] };
    if (typeof analysis === "string") return refused(analysis);
    const findings = wanted.map(({ judge }) => judge(analysis));
    // What was not looked at may look the same as what was found.
    if (analysis.exhausted) return refused("too many functions refer to the strings of a TLS library");
    return {
      stacks: findings.flatMap(({ stacks }) => stacks),
      refusals: findings.flatMap(({ refusals }) => refusals),
    };
  };
}
