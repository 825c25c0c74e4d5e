import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Finder } from "../target.ts";
import { aead, boringSsl, openSsl, sourceTree, strippedLibraries } from "./finders.ts";
import { binaryOf, functionsOf, readProgram } from "./testdata/programs.ts";

const ssl = ["SSL_write", "SSL_read", "SSL_do_handshake", "SSL_new"];
const counting = ["SSL_write", "SSL_read", "SSL_write_ex", "SSL_read_ex"];
const gathering = ["EVP_AEAD_CTX_seal", "EVP_AEAD_CTX_seal_scatter", "EVP_AEAD_CTX_open_gather"];

const programs: readonly [name: string, finder: Finder, library: string, functions: readonly string[]][] = [
  ["boringssl-x64", boringSsl, "BoringSSL", ssl],
  ["boringssl-x64-small", boringSsl, "BoringSSL", ssl],
  ["boringssl-x64-gcc", boringSsl, "BoringSSL", ssl],
  ["boringssl-arm64", boringSsl, "BoringSSL", ssl],
  ["aead-x64", aead, "aws-lc (AEAD)", gathering],
  ["aead-x64-small", aead, "aws-lc (AEAD)", gathering],
  ["aead-x64-inlined", aead, "aws-lc (AEAD)", [...gathering.slice(0, 2), "EVP_AEAD_CTX_open"]],
  ["aead-arm64", aead, "aws-lc (AEAD)", gathering],
  ["openssl11-x64", openSsl, "OpenSSL", [...counting, "SSL_do_handshake", "SSL_new"]],
  ["openssl30-x64", openSsl, "OpenSSL", [...counting, "SSL_do_handshake", "SSL_new"]],
  ["openssl33-x64", openSsl, "OpenSSL", [...counting, "SSL_do_handshake", "SSL_new"]],
  ["openssl33-arm64", openSsl, "OpenSSL", [...counting, "SSL_do_handshake", "SSL_new"]],
  ["openssl33-x64-frames", openSsl, "OpenSSL", [...counting, "SSL_do_handshake", "SSL_new"]],
];

for (const [name, finder, library, functions] of programs) {
  Deno.test(`${name}: ${functions.join(", ")} are found where they begin`, () => {
    const { stacks, refusals } = finder(binaryOf(readProgram(name)));
    deepEqual(refusals, []);
    equal(stacks.length, 1);
    equal(stacks[0]?.library, library);
    const truth = functionsOf(name);
    deepEqual(
      stacks[0].hooks.map((hook) => [hook.name, hook.offset]),
      functions.map((symbol) => [symbol, truth.get(symbol)]),
    );
  });
  Deno.test(`${name}: all finders at once say the same`, () => {
    const binary = binaryOf(readProgram(name));
    deepEqual(strippedLibraries(binary), finder(binary));
  });
}

Deno.test("two functions with the errors of one are refused", () => {
  const { stacks, refusals } = boringSsl(binaryOf(readProgram("boringssl-x64-two")));
  deepEqual(stacks, []);
  deepEqual(refusals.map(({ library, reason }) => [library, reason]), [
    ["BoringSSL", "2 functions look like SSL_write"],
  ]);
});

Deno.test("evidence names the string, how errors are reported and what was found", () => {
  const [stack] = boringSsl(binaryOf(readProgram("boringssl-x64"))).stacks;
  const [file = "", convention = "", write = ""] = stack?.evidence ?? [];
  match(file, /^"\.\.\/vendor\/boringssl\/ssl\/ssl_lib\.cc" at 0x[0-9a-f]+, \d+ code references$/);
  match(convention, /^errors are reported by 0x[0-9a-f]+ with argument 3 = reason, 4 = that file/);
  match(
    write,
    /^SSL_write begins at 0x[0-9a-f]+, file offset 0x200 .*error reasons \{[\d, ]+\}, at source lines \d+/,
  );
  ok(stack && sourceTree(stack) === "../vendor/boringssl/");
});

Deno.test("a seal is hooked at its entry, an open also when it returns", () => {
  const [stack] = aead(binaryOf(readProgram("aead-x64"))).stacks;
  deepEqual(stack?.hooks.map(({ when }) => when), ["entry", "entry", "both"]);
});

Deno.test("another library's finder finds nothing", () => {
  const none = { stacks: [], refusals: [] };
  deepEqual(openSsl(binaryOf(readProgram("boringssl-x64"))), none);
  deepEqual(boringSsl(binaryOf(readProgram("openssl30-x64"))), none);
});

Deno.test("strings that no code refers to are no library", () => {
  const bytes = readProgram("boringssl-x64");
  // Without code: every instruction a return.
  const { elf } = binaryOf(bytes);
  const text = elf.sections.find(({ name }) => name === ".text");
  ok(text);
  bytes.fill(0xc3, text.offset, text.offset + text.size);
  deepEqual(boringSsl(binaryOf(bytes)), { stacks: [], refusals: [] });
});
