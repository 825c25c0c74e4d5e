import { equal } from "node:assert/strict";
import fc from "fast-check";
import { serverName } from "./sni.ts";
import { clientHello, extension, serverNames } from "./testdata/client_hello.ts";
import { utf8 } from "./testdata/record_builder.ts";

const keyShare = extension(51, new Uint8Array(1216));

const cases: readonly { name: string; of: Uint8Array; is: string | null | undefined }[] = [
  { name: "the first extension", of: clientHello(serverNames("api.Example.com")), is: "api.example.com" },
  {
    name: "behind a key share of 1,216 bytes",
    of: clientHello(keyShare, serverNames("late.example")),
    is: "late.example",
  },
  { name: "none", of: clientHello(keyShare), is: null },
  { name: "no extensions at all", of: clientHello(), is: null },
  { name: "an empty list", of: clientHello(extension(0, new Uint8Array(2))), is: null },
  { name: "a name of another kind", of: clientHello(serverNames("x.example", 1)), is: null },
  { name: "an address is no name", of: clientHello(serverNames("192.0.2.1")), is: null },
  { name: "what no host is called", of: clientHello(serverNames("a b\x1b[31m")), is: null },
  { name: "a ServerHello", of: clientHello(serverNames("x.example")).with(5, 2), is: null },
  { name: "no TLS", of: utf8("GET / HTTP/1.1\r\n"), is: null },
  { name: "nothing", of: new Uint8Array(), is: null },
];

for (const { name, of, is } of cases) Deno.test(`server name: ${name}`, () => equal(serverName(of), is));

Deno.test("server name: a hello that is cut off is not said to ask for none", () => {
  const hello = clientHello(keyShare, serverNames("late.example"));
  for (let end = 6; end < hello.length; end++) {
    equal(serverName(hello.subarray(0, end)), undefined, String(end));
  }
});

Deno.test("server name: never throws", () => {
  const hello = clientHello(keyShare.subarray(0, 40), serverNames("x.example"));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(hello.length), (noise, at) => {
    const changed = hello.slice();
    changed.set(noise.subarray(0, hello.length - at), at);
    const name = serverName(changed);
    equal(typeof name === "string" ? /^[\w.-]+$/.test(name) : true, true);
  }));
});
