import { join } from "node:path";

/** A certificate authority of our own and one server certificate it signed. */
export interface Certificates {
  /** Path of the authority's certificate: for NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, `curl --cacert`. */
  readonly caFile: string;
  /** PEM texts: the authority's certificate, the server's certificate and its private key. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * Make a fresh authority and a leaf for localhost, 127.0.0.1 and `names`, and leave `ca.pem` in `dir`.
 *
 * The leaf is not an authority: rustls refuses a server certificate that is one.
 * @throws {Error} when the `openssl` command is missing or fails.
 */
export function makeCertificates(dir: string, names: readonly string[] = []): Certificates {
  const caFile = join(dir, "ca.pem");
  const caKey = join(dir, "ca.key");
  const cert = join(dir, "leaf.pem");
  const key = join(dir, "leaf.key");
  const request = join(dir, "leaf.csr");
  const extensions = join(dir, "leaf.ext");
  const alternatives = ["IP:127.0.0.1", "DNS:localhost", ...names.map((name) => `DNS:${name}`)];
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl([
    ...["req", "-x509", ...newKey, "-days", "30", "-subj", "/CN=AgentSight sample authority"],
    ...["-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", caKey, "-out", caFile],
  ]);
  openssl(["req", ...newKey, "-subj", "/CN=localhost", "-keyout", key, "-out", request]);
  Deno.writeTextFileSync(
    extensions,
    [
      "basicConstraints=critical,CA:FALSE",
      "keyUsage=critical,digitalSignature",
      "extendedKeyUsage=serverAuth",
      "subjectKeyIdentifier=hash",
      "authorityKeyIdentifier=keyid",
      `subjectAltName=${alternatives.join(",")}`,
    ].join("\n"),
  );
  openssl([
    ...["x509", "-req", "-days", "30", "-in", request, "-CA", caFile, "-CAkey", caKey, "-set_serial", "2"],
    ...["-extfile", extensions, "-out", cert],
  ]);
  const made = {
    caFile,
    ca: Deno.readTextFileSync(caFile),
    cert: Deno.readTextFileSync(cert),
    key: Deno.readTextFileSync(key),
  };
  for (const secret of [caKey, key, request, extensions, cert]) Deno.removeSync(secret);
  return made;
}

function openssl(args: readonly string[]): void {
  const { success, stderr } = new Deno.Command("openssl", { args: [...args], stdin: "null" }).outputSync();
  if (!success) {
    throw new Error(`Cannot make certificates: openssl ${args[0]} says ${new TextDecoder().decode(stderr)}`);
  }
}
