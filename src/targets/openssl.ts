/** The functions of OpenSSL's interface that carry plain text or bound a connection, and the probe for each. */

/** Programs of bpf/tls.bpf.c. */
export interface Hook {
  readonly symbol: string;
  readonly onCall?: string;
  readonly onReturn?: string;
}

export const openSslHooks: readonly Hook[] = [
  { symbol: "SSL_write", onCall: "on_call", onReturn: "on_write_return" },
  { symbol: "SSL_read", onCall: "on_call", onReturn: "on_read_return" },
  { symbol: "SSL_write_ex", onCall: "on_call_ex", onReturn: "on_write_return" },
  { symbol: "SSL_read_ex", onCall: "on_call_ex", onReturn: "on_read_return" },
  { symbol: "SSL_do_handshake", onCall: "on_call", onReturn: "on_handshake_return" },
  { symbol: "SSL_new", onReturn: "on_new_return" },
  { symbol: "SSL_free", onCall: "on_free" },
];

export const openSslSymbols: ReadonlySet<string> = new Set(openSslHooks.map((hook) => hook.symbol));

/** Without these two there is no plain text to be had. */
export const neededSymbols: readonly string[] = ["SSL_write", "SSL_read"];
