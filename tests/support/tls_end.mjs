// usage: tls_end.mjs, with JSON on stdin: {cert, key, alpn, maxVersion, ciphers, target}
// Ends TLS as Deno's server cannot: by version and cipher. Plain bytes go to 127.0.0.1:target. Prints its port.
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import process from "node:process";
import { createServer } from "node:tls";

const { target, alpn, ...options } = JSON.parse(readFileSync(0, "utf8"));

const server = createServer({ ...options, ALPNProtocols: alpn }, (client) => {
  const plain = connect(target, "127.0.0.1");
  client.pipe(plain).pipe(client);
  // A client that goes away is an ordinary test case.
  client.on("error", () => plain.destroy());
  plain.on("error", () => client.destroy());
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
