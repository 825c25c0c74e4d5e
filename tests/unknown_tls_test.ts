/** TLS that no finder knows is not passed over in silence. */
import assert from "node:assert/strict";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { python } from "./support/sample_agent.ts";

/** Begins a TLS connection with its own bytes: a ClientHello's first ones, without any library for it. */
const speaksByItself = `
import socket, sys, time
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
client.sendall(bytes.fromhex(sys.argv[1]))
# Of who is gone when the worker looks, nothing is said.
time.sleep(0.5)`;

for (
  const [what, bytes, speaksTls] of [
    ["a ClientHello", "1603010200010001fc0303", true],
    ["an alert", "15030300020100", false],
    ["HTTP", "474554202f20485454502f312e310d0a", false],
  ] as const
) {
  bpfTest(
    `a program that sends ${what} by itself is ${speaksTls ? "said" : "not said"} to speak unseen TLS`,
    async () => {
      const { code, events } = await agentsight([
        ...["trace", "--json", "--no-server", "--no-store", "--"],
        ...[python, "-c", speaksByItself, bytes],
      ]);
      assert.equal(code, 0);
      const said = ofKind(events, "coverage").filter(({ reason }) => reason?.includes("it speaks TLS"));
      assert.deepEqual(said.map(({ status }) => status), speaksTls ? ["unsupported"] : []);
    },
  );
}
