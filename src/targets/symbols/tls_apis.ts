/**
 * The interfaces of TLS libraries, by name: which functions carry plain text or bound a connection, and which others
 * must be there before the names are believed.
 *
 * A function that another one of the list calls would count its bytes twice. OpenSSL's are independent of each other
 * (SSL_write_ex is what SSL_write_early_data calls; that one is not listed). gnutls_record_send hands on to
 * gnutls_record_send2 since GnuTLS 3.6.3; gnutls_record_recv and _seq both call a function without a name.
 * NSPR's only call what the descriptor points to.
 */
import { TlsFunction } from "../../capture/layout.gen.ts";
import type { HookPoint } from "../target.ts";

export interface ApiFunction {
  readonly name: string;
  /** A value of `TlsFunction`. */
  readonly function: number;
  readonly when: HookPoint["when"];
  /** Where a compiler that did not inline it leaves a jump to this function: then only one of the two is hooked. */
  readonly forwardsTo?: string;
}

export interface TlsApi {
  readonly library: string;
  /** All must be defined; a file without the first has nothing to do with this library. */
  readonly needed: readonly string[];
  /** At least two must be defined too: a program may have a function of its own called SSL_write. */
  readonly witnesses: readonly string[];
  readonly hooks: readonly ApiFunction[];
}

const hook = (name: string, what: number, when: HookPoint["when"] = "both"): ApiFunction => ({
  name,
  function: what,
  when,
});

export const tlsApis: readonly TlsApi[] = [
  {
    library: "OpenSSL API",
    // GnuTLS has a wrapper with OpenSSL's names over itself; it lacks SSL_do_handshake.
    needed: ["SSL_write", "SSL_read", "SSL_do_handshake"],
    witnesses: ["SSL_new", "SSL_free", "SSL_CTX_new", "SSL_CTX_free"],
    hooks: [
      hook("SSL_write", TlsFunction.WRITE),
      hook("SSL_read", TlsFunction.READ),
      hook("SSL_write_ex", TlsFunction.WRITE_EX),
      hook("SSL_read_ex", TlsFunction.READ_EX),
      hook("SSL_do_handshake", TlsFunction.HANDSHAKE),
      hook("SSL_new", TlsFunction.NEW, "return"),
      hook("SSL_free", TlsFunction.FREE, "entry"),
    ],
  },
  {
    library: "GnuTLS",
    needed: ["gnutls_record_send", "gnutls_record_recv"],
    witnesses: ["gnutls_init", "gnutls_deinit", "gnutls_handshake", "gnutls_bye"],
    hooks: [
      { ...hook("gnutls_record_send", TlsFunction.WRITE), forwardsTo: "gnutls_record_send2" },
      hook("gnutls_record_send2", TlsFunction.WRITE),
      hook("gnutls_record_recv", TlsFunction.READ),
      hook("gnutls_record_recv_seq", TlsFunction.READ),
      hook("gnutls_deinit", TlsFunction.FREE, "entry"),
    ],
  },
  {
    library: "NSPR",
    needed: ["PR_Write", "PR_Read", "PR_Send", "PR_Recv"],
    witnesses: ["PR_Close", "PR_PushIOLayer", "PR_CreateIOLayerStub", "PR_GetLayersIdentity"],
    hooks: [
      hook("PR_Write", TlsFunction.NSPR_WRITE),
      hook("PR_Send", TlsFunction.NSPR_WRITE),
      hook("PR_Read", TlsFunction.NSPR_READ),
      hook("PR_Recv", TlsFunction.NSPR_RECV),
      hook("PR_Close", TlsFunction.FREE, "entry"),
    ],
  },
];

/** The crypto library's boundary in BoringSSL and aws-lc, which puts its version before each name. */
export const aeadHooks: readonly ApiFunction[] = [
  hook("EVP_AEAD_CTX_seal", TlsFunction.AEAD_SEAL, "entry"),
  hook("EVP_AEAD_CTX_seal_scatter", TlsFunction.AEAD_SEAL_SCATTER, "entry"),
  hook("EVP_AEAD_CTX_open", TlsFunction.AEAD_OPEN),
  hook("EVP_AEAD_CTX_open_gather", TlsFunction.AEAD_OPEN_GATHER),
];

/** Every name that a symbol table is searched for. */
export const apiNames: readonly string[] = [
  ...new Set(
    tlsApis.flatMap(({ needed, witnesses, hooks }) => [
      ...needed,
      ...witnesses,
      ...hooks.map(({ name }) => name),
    ]),
  ),
];
