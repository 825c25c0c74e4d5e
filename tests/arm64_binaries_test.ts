/**
 * Real arm64 programs, looked into on any machine: the functions are found, and each begins where code cannot run into
 * it. That second part knows nothing of how they were found. Under CI only the smallest program.
 */
import assert from "node:assert/strict";
import { FileSource } from "../src/targets/elf/file_source.ts";
import { resolve } from "../src/targets/resolve.ts";
import { type AgentPackage, installed, isInstalled, npmProgram } from "./support/agent_installs.ts";
import { isCi } from "./support/bpf_test.ts";

const boringSsl = ["SSL_write", "SSL_read", "SSL_do_handshake"];
const openSsl = ["SSL_write", "SSL_read", "SSL_write_ex", "SSL_read_ex", "SSL_do_handshake"];
const aead = ["seal", "seal_scatter", "open", "open_gather"].map((name) => `EVP_AEAD_CTX_${name}`);
const ring = ["aes_gcm_seal", "aes_gcm_open", "chacha20_poly1305_seal", "chacha20_poly1305_open"];

const programs: readonly (readonly [AgentPackage, Readonly<Record<string, readonly string[]>>])[] = [
  [
    npmProgram("bun-arm64", { version: "1.4.5", package: "@oven/bun-linux-aarch64", file: "bin/bun" }),
    { BoringSSL: boringSsl },
  ],
  [
    npmProgram("claude-arm64", {
      version: "2.1.330",
      package: "@anthropic-ai/claude-code-linux-arm64",
      file: "claude",
    }),
    { BoringSSL: boringSsl },
  ],
  [
    {
      ...npmProgram("codex-arm64", {
        version: "0.169.0",
        package: "@openai/codex",
        file: "vendor/aarch64-unknown-linux-musl/bin/codex",
      }),
      spec: "@openai/codex@0.169.0-linux-arm64",
    },
    { OpenSSL: openSsl, "aws-lc (AEAD)": aead, ring },
  ],
];
const thorough = Deno.env.get("AGENTS") === "traced";

for (const [program, expected] of thorough ? programs : programs.slice(0, 1)) {
  const name = `the TLS functions of ${program.name} ${program.version} are found`;
  // 107 MB at least: nobody's tests download that unasked.
  const ignore = !thorough && !isCi() && !isInstalled(program);
  if (ignore) Deno.stderr.writeSync(new TextEncoder().encode(`skipped, needs a program from npm: ${name}\n`));
  Deno.test({ name, ignore, fn: () => check(program, expected) });
}

async function check(
  program: AgentPackage,
  expected: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const path = await installed({ ...program, foreign: true });
  const verdict = resolve(path, { depth: "contents" });
  assert.ok(verdict.kind === "found");
  assert.deepEqual(verdict.stacks.map(({ library }) => library), Object.keys(expected));
  using source = new FileSource(path);
  for (const { library, hooks } of verdict.stacks) {
    const names = hooks.map(({ name }) => name);
    assert.deepEqual(expected[library]!.filter((name) => !names.includes(name)), []);
    for (const { name, offset } of hooks) {
      assert.ok(offset % 4 === 0 && endsBefore(source, offset), `${name} at 0x${offset.toString(16)}`);
    }
  }
}

const NOP = 0xd503201f;
const RET = 0xd65f03c0;

/** What precedes, padding aside, does not run on: it returns, jumps, traps, or calls what never returns. */
function endsBefore(source: FileSource, offset: number): boolean {
  const { buffer, byteOffset } = source.read(offset - 64, 64);
  const before = new DataView(buffer, byteOffset, 64);
  for (let at = 60; at >= 0; at -= 4) {
    const instruction = before.getUint32(at, true);
    if (instruction === NOP || instruction === 0) continue;
    const jumps = instruction >>> 26 === 0b000101 || instruction >>> 16 === 0xd61f;
    const calls = instruction >>> 26 === 0b100101 || instruction >>> 16 === 0xd63f;
    return instruction === RET || jumps || calls || instruction >>> 21 === 0b11010100001;
  }
  return true;
}
