/** What Go itself says of programs it has just built, against what is found in their stripped twins. */
import { deepEqual, equal, match } from "node:assert/strict";
import { TlsFunction } from "../../capture/layout.gen.ts";
import { ElfFile } from "../elf/elf.ts";
import type { Finding } from "../target.ts";
import { FileSource } from "../elf/file_source.ts";
import { goTls } from "./go_tls.ts";
import { findPclntabs } from "./find_pclntab.ts";
import { binaryOf } from "./synthetic_program.ts";

const source = `package main

import (
	"crypto/tls"
	"os"
)

func main() {
	conn, err := tls.Dial("tcp", os.Args[1], nil)
	if err != nil {
		os.Exit(1)
	}
	conn.Write([]byte("x"))
	conn.Read(make([]byte, 1))
}
`;

interface Build {
  readonly name: string;
  readonly flags: readonly string[];
  readonly link?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const builds: readonly Build[] = [
  { name: "x86-64", flags: [], env: { GOARCH: "amd64" } },
  // Debian's crypto/tls comes compiled without -trimpath; this costs half a minute the first time.
  {
    name: "x86-64, PIE, -trimpath",
    flags: ["-trimpath", "-buildmode=pie"],
    env: { GOARCH: "amd64", CGO_ENABLED: "0" },
  },
  // clang is here for the probes; Debian's Go does without a C compiler.
  {
    name: "cgo, the C linker's",
    flags: [],
    link: "-linkmode=external",
    env: { CGO_ENABLED: "1", CC: "clang" },
  },
  { name: "arm64", flags: ["-trimpath"], env: { GOARCH: "arm64", CGO_ENABLED: "0" } },
];

for (const build of builds) {
  goTest(`a stripped program: ${build.name}`, () => {
    const dir = Deno.makeTempDirSync({ prefix: "agentsight-go-" });
    try {
      Deno.writeTextFileSync(`${dir}/main.go`, source);
      const [whole, stripped] = [`${dir}/whole`, `${dir}/stripped`];
      compile(build, { dir, to: whole });
      compile(build, { dir, to: stripped, strip: true });
      const truth = truthOf(whole);
      deepEqual(hooks(examine(whole)), truth);
      const finding = examine(stripped);
      deepEqual(hooks(finding), truth);
      match(finding.stacks[0]!.evidence[0]!, /names go1\.\d+/);
      checkHidden(Deno.readFileSync(stripped), truth);
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }
  });
}

/** The same program without section headers, and then without the start of the code, as Go 1.26 leaves it. */
function checkHidden(bytes: Uint8Array, truth: unknown): void {
  const view = new DataView(bytes.buffer);
  view.setBigUint64(40, 0n);
  deepEqual(hooks(goTls(binaryOf(bytes))), truth);
  const [found] = findPclntabs(binaryOf(bytes));
  view.setBigUint64(found!.table.offset + 24, 0n);
  const finding = goTls(binaryOf(bytes));
  deepEqual(hooks(finding), truth);
  match(
    finding.stacks[0]!.evidence.join("\n"),
    /found by its first bytes[^]*the only one where table and code agree/,
  );
}

interface Place {
  readonly function: number;
  readonly offset: number;
  readonly returns: readonly number[];
}

function hooks({ stacks, refusals }: Finding): Place[] {
  deepEqual(refusals, []);
  equal(stacks.length, 1);
  return stacks[0]!.hooks.map(({ function: what, offset, returns = [] }) => ({
    function: what,
    offset,
    returns,
  }));
}

function examine(path: string): Finding {
  using source = new FileSource(path);
  return goTls({ elf: new ElfFile(source), source });
}

/** Every return instruction that Go's own disassembler shows. */
function truthOf(path: string): Place[] {
  using source = new FileSource(path);
  const elf = new ElfFile(source);
  return [["Write", TlsFunction.GO_WRITE] as const, ["Read", TlsFunction.GO_READ] as const].map(
    ([name, what]) => {
      const lines = go(["tool", "objdump", "-s", `^crypto/tls\\.\\(\\*Conn\\)\\.${name}$`, path]).split("\n");
      const instructions = lines.flatMap((line) => {
        const [, address, text] = /^\s+\S*:\d+\s+0x([0-9a-f]+)\s+[0-9a-f]+\s+(.*?)\s*$/.exec(line) ?? [];
        return address && text ? [{ offset: elf.toFileOffset(parseInt(address, 16))!, text }] : [];
      });
      const returns = instructions.filter(({ text }) => text === "RET").map(({ offset }) => offset);
      return { function: what, offset: instructions[0]!.offset, returns };
    },
  );
}

function compile(
  { flags, link = "", env = {} }: Build,
  out: { dir: string; to: string; strip?: boolean },
): void {
  const ldflags = `-ldflags=${out.strip ? "-s -w " : ""}${link}`;
  go(["build", ...flags, ldflags, "-o", out.to, `${out.dir}/main.go`], { ...env, GOOS: "linux" });
}

function go(args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const offline = { GOFLAGS: "-mod=mod", GOPROXY: "off", GOTOOLCHAIN: "local", GO111MODULE: "on" };
  const { success, stdout, stderr } = new Deno.Command("go", { args: [...args], env: { ...offline, ...env } })
    .outputSync();
  if (!success) throw new Error(`Cannot run go ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** Under CI these fail where there is no Go; elsewhere they say so and are skipped. */
function goTest(name: string, run: () => void): void {
  const ignore = !hasGo() && ["", "false", undefined].includes(Deno.env.get("CI"));
  if (ignore) Deno.stderr.writeSync(new TextEncoder().encode(`skipped, needs Go: ${name}\n`));
  Deno.test({ name, ignore, fn: run });
}

function hasGo(): boolean {
  try {
    return new Deno.Command("go", { args: ["version"] }).outputSync().success;
  } catch {
    return false;
  }
}
