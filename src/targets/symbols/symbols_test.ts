import { deepEqual, equal } from "node:assert/strict";
import { TlsFunction } from "../../capture/layout.gen.ts";
import { ElfFile } from "../elf/elf.ts";
import { symbols } from "./symbols.ts";
import type { Finding } from "../target.ts";
import { type ElfSpec, makeElf, sourceOf, type SymbolSpec } from "../elf/testdata/make_elf.ts";

const openSsl = ["SSL_write", "SSL_read", "SSL_do_handshake", "SSL_new", "SSL_free"];
const gnuTls = [
  "gnutls_record_send",
  "gnutls_record_recv",
  "gnutls_init",
  "gnutls_deinit",
  "gnutls_handshake",
];
const nspr = ["PR_Write", "PR_Read", "PR_Send", "PR_Recv", "PR_Close", "PR_PushIOLayer"];
const aead = [
  "EVP_AEAD_CTX_seal",
  "EVP_AEAD_CTX_seal_scatter",
  "EVP_AEAD_CTX_open",
  "EVP_AEAD_CTX_open_gather",
];

/** Each name at an address of its own. */
function functions(names: readonly string[], first = 0x1010): SymbolSpec[] {
  return names.map((name, i) => ({ name, at: first + i * 0x10 }));
}

function find(spec: ElfSpec): Finding {
  const source = sourceOf(makeElf(spec));
  return symbols({ elf: new ElfFile(source), source });
}

function hooked({ stacks }: Finding): Record<string, string[]> {
  return Object.fromEntries(stacks.map(({ library, hooks }) => [library, hooks.map(({ name }) => name)]));
}

function reasons({ refusals }: Finding): string[] {
  return refusals.map(({ library, reason }) => `${library}: ${reason}`);
}

Deno.test("OpenSSL's interface, exported: what is hooked, where and how", () => {
  deepEqual(find({ exported: functions(openSsl) }), {
    stacks: [{
      library: "OpenSSL API",
      method: "symbols",
      hooks: [
        { name: "SSL_write", function: TlsFunction.WRITE, offset: 0x1010, when: "both" },
        { name: "SSL_read", function: TlsFunction.READ, offset: 0x1020, when: "both" },
        { name: "SSL_do_handshake", function: TlsFunction.HANDSHAKE, offset: 0x1030, when: "both" },
        { name: "SSL_new", function: TlsFunction.NEW, offset: 0x1040, when: "return" },
        { name: "SSL_free", function: TlsFunction.FREE, offset: 0x1050, when: "entry" },
      ],
      evidence: ["the file exports SSL_write, SSL_read, SSL_do_handshake, SSL_new, SSL_free"],
    }],
    refusals: [],
  });
});

for (
  const [name, spec, expected] of [
    ["nothing of TLS", { exported: functions(["main", "printf"]), table: functions(["main"]) }, {}],
    ["a static program's symbol table", { table: functions(openSsl) }, { "OpenSSL API": openSsl }],
    ["a private copy beside the exported functions", {
      exported: functions(openSsl),
      table: [...functions(openSsl), ...functions(["SSL_write", "SSL_read"], 0x1400)],
    }, { "OpenSSL API": openSsl }],
    ["GnuTLS before 3.6.3", { exported: functions(gnuTls) }, {
      GnuTLS: ["gnutls_record_send", "gnutls_record_recv", "gnutls_deinit"],
    }],
    ["gnutls_record_send that only hands on", {
      exported: [...functions(gnuTls), { name: "gnutls_record_send2", at: 0x1200, size: 900 }],
    }, { GnuTLS: ["gnutls_record_send2", "gnutls_record_recv", "gnutls_deinit"] }],
    ["gnutls_record_send with the other inlined", {
      exported: [
        { name: "gnutls_record_send", at: 0x1300, size: 800 },
        ...functions([...gnuTls.slice(1), "gnutls_record_send2"]),
      ],
    }, {
      GnuTLS: ["gnutls_record_send", "gnutls_record_send2", "gnutls_record_recv", "gnutls_deinit"],
    }],
    ["gnutls_record_send of unknown size", {
      exported: [
        { name: "gnutls_record_send", at: 0x1300, size: 0 },
        ...functions([...gnuTls.slice(1), "gnutls_record_send2"]),
      ],
    }, { GnuTLS: ["gnutls_record_send", "gnutls_record_recv", "gnutls_deinit"] }],
    ["NSPR", { exported: functions(nspr) }, {
      NSPR: ["PR_Write", "PR_Send", "PR_Read", "PR_Recv", "PR_Close"],
    }],
    ["aws-lc with its version", { table: functions(aead.map((one) => `aws_lc_0_30_0_${one}`)) }, {
      "aws-lc": aead,
    }],
    ["BoringSSL below rustls", { table: functions(aead) }, { "BoringSSL or aws-lc": aead }],
    ["BoringSSL with its own TLS", { table: functions([...aead, ...openSsl]) }, { "OpenSSL API": openSsl }],
    ["OpenSSL and rustls in one program", {
      table: functions([...openSsl, ...aead.map((one) => `aws_lc_0_30_0_${one}`)]),
    }, { "OpenSSL API": openSsl, "aws-lc": aead }],
    ["one half of the AEAD interface", { table: functions(aead.slice(0, 2)) }, {}],
    ["a crypto library for others", { exported: functions(aead), table: functions(aead) }, {}],
  ] satisfies [string, ElfSpec, Record<string, string[]>][]
) {
  Deno.test(`${name}: hooks`, () => {
    const finding = find(spec);
    deepEqual(hooked(finding), expected);
    deepEqual(finding.refusals, []);
  });
}

Deno.test("seals are hooked before they encrypt in place, opens on both sides", () => {
  const [stack] = find({ table: functions(aead) }).stacks;
  deepEqual(stack?.hooks.map(({ function: what, when }) => [what, when]), [
    [TlsFunction.AEAD_SEAL, "entry"],
    [TlsFunction.AEAD_SEAL_SCATTER, "entry"],
    [TlsFunction.AEAD_OPEN, "both"],
    [TlsFunction.AEAD_OPEN_GATHER, "both"],
  ]);
});

for (
  const [name, spec, expected] of [
    [
      "a program with an SSL_write of its own",
      { table: functions(["SSL_write"]) },
      "OpenSSL API: it defines SSL_write and not SSL_read",
    ],
    [
      "GnuTLS's wrapper, which lacks SSL_do_handshake",
      { exported: functions(openSsl.filter((one) => one !== "SSL_do_handshake")) },
      "OpenSSL API: it defines SSL_write and not SSL_do_handshake",
    ],
    [
      "three names and nothing else",
      { exported: functions(openSsl.slice(0, 3)) },
      "OpenSSL API: it defines SSL_write and hardly anything else of this library",
    ],
    [
      "two static copies",
      { table: [...functions(openSsl), ...functions(openSsl, 0x1800)] },
      "OpenSSL API: 2 functions are called SSL_write",
    ],
    [
      "two names for one place",
      { table: [...functions(openSsl.slice(1)), { name: "SSL_write", at: 0x1010 }] },
      "OpenSSL API: SSL_write and SSL_read are the same code",
    ],
    [
      "a function chosen at load time",
      { exported: [...functions(openSsl.slice(1)), { name: "SSL_write", at: 0x1800, type: 10 }] },
      "OpenSSL API: which code SSL_write runs is chosen when the program is loaded",
    ],
    [
      "an address outside every segment",
      { table: [...functions(openSsl.slice(1)), { name: "SSL_write", at: 0x900000 }] },
      "OpenSSL API: SSL_write does not lie in code",
    ],
    [
      "an address in constants",
      { table: [...functions(openSsl.slice(1)), { name: "SSL_write", at: 0x2010 }] },
      "OpenSSL API: SSL_write does not lie in code",
    ],
    [
      "two aws-lc functions of one name",
      { table: [...functions(aead), { name: "EVP_AEAD_CTX_open", at: 0x1800 }] },
      "BoringSSL or aws-lc: 2 functions are called EVP_AEAD_CTX_open",
    ],
  ] satisfies [string, ElfSpec, string][]
) {
  Deno.test(`${name}: refused`, () => {
    const finding = find(spec);
    deepEqual(finding.stacks, []);
    deepEqual(reasons(finding), [expected]);
  });
}

Deno.test("a limit is said unless something was found all the same", () => {
  const sections = (bytes: Uint8Array) => new DataView(bytes.buffer).setUint16(60, 5000, true);
  const answer = (spec: ElfSpec) => {
    const bytes = makeElf(spec);
    sections(bytes);
    const source = sourceOf(bytes);
    return symbols({ elf: new ElfFile(source), source });
  };
  deepEqual(reasons(answer({ table: functions(openSsl) })), [
    "unknown: it claims an impossible section table",
  ]);
  equal(answer({ exported: functions(openSsl) }).stacks.length, 1);
});
