/** The functions of OpenSSL's interface that carry plain text or bound a connection. */
import { TlsFunction } from "../capture/layout.gen.ts";

export interface Hook {
  readonly symbol: string;
  /** What the probes of bpf/tls.bpf.c do there. */
  readonly function: number;
  readonly onEntry: boolean;
  readonly onReturn: boolean;
}

const hook = (symbol: string, what: number, when: { onEntry: boolean; onReturn: boolean }): Hook => ({
  symbol,
  function: what,
  ...when,
});
const both = { onEntry: true, onReturn: true };

export const openSslHooks: readonly Hook[] = [
  hook("SSL_write", TlsFunction.WRITE, both),
  hook("SSL_read", TlsFunction.READ, both),
  hook("SSL_write_ex", TlsFunction.WRITE_EX, both),
  hook("SSL_read_ex", TlsFunction.READ_EX, both),
  hook("SSL_do_handshake", TlsFunction.HANDSHAKE, both),
  hook("SSL_new", TlsFunction.NEW, { onEntry: false, onReturn: true }),
  hook("SSL_free", TlsFunction.FREE, { onEntry: true, onReturn: false }),
];

export const openSslSymbols: ReadonlySet<string> = new Set(openSslHooks.map(({ symbol }) => symbol));

/** Without these two there is no plain text to be had. */
export const neededSymbols: readonly string[] = ["SSL_write", "SSL_read"];
