/** What a TLS library call costs when it is watched, hooked only, or left alone. */
import { join } from "node:path";
import { makeCertificates } from "../tests/support/certificates.ts";
import type { Bench } from "./bench.ts";
import { callCost } from "./call_cost.ts";

export const tlsCall: Bench = {
  name: "tls_call",
  title: "TLS call",
  method:
    "A program sends itself 64 bytes over TLS 1.3 and says what one call takes, by processor time: without probes, " +
    "with them on its library but untracked, tracked; and with a plain pair of probes that reserves one record of " +
    "64 bytes (the usual design, which truncates). All in turns in the same process. The differences are paired. " +
    "OpenSSL: `SSL_write` and `SSL_read`, through memory. AEAD: rustls in Deno seals and opens records, over a " +
    "socket; its time includes all that Deno does between the calls.",
  async run(context) {
    const openssl = await callCost({
      name: "OpenSSL",
      command: [`${context.dir}/tls_loop`],
      rounds: 2000,
      file: "libssl",
      functions: /^SSL_(write|read)$/,
    }, context);
    const { cert, key, caFile } = makeCertificates(Deno.makeTempDirSync({ dir: context.dir }));
    const loop = join(import.meta.dirname!, "aead_loop.ts");
    const aead = await callCost({
      name: "AEAD",
      command: [Deno.execPath(), "run", "-A", "--cert", caFile, loop, cert, key],
      rounds: 2000,
      file: Deno.execPath(),
      functions: /^EVP_AEAD_CTX_/,
    }, context);
    return [...openssl, ...aead];
  },
};
