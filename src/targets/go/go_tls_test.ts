import { deepEqual, equal, match } from "node:assert/strict";
import { TlsFunction } from "../../capture/layout.gen.ts";
import { goTls } from "./go_tls.ts";
import {
  at,
  binaryOf,
  functionAt,
  names,
  program,
  type ProgramOptions,
  returnsAt,
} from "./synthetic_program.ts";

const hooksOf = (machine: "x86_64" | "aarch64" = "x86_64") =>
  [TlsFunction.GO_WRITE, TlsFunction.GO_READ].map((what, i) => ({
    name: names[i + 1],
    function: what,
    offset: functionAt(i + 1),
    when: "both",
    returns: returnsAt[machine].map((site) => functionAt(i + 1) + site),
  }));

const found: [name: string, options: ProgramOptions, evidence: readonly RegExp[]][] = [
  ["layout 1.20", {}, [
    /go1\.22\.5/,
    /0x2100, found by section \.gopclntab, in the layout of Go 1\.20/,
    /0x401100, as/,
  ]],
  ["layout 1.18", { layout: "1.18" }, [/layout of Go 1\.18/]],
  ["layout 1.16 of Go 1.17", { layout: "1.16", version: { text: "go1.17.2", inline: false } }, [
    /go1\.17\.2/,
    /1\.16/,
  ]],
  ["layout 1.16 of a release unnamed", { layout: "1.16", version: null }, [/names no Go release/]],
  ["arm64", { machine: "aarch64" }, []],
  ["PIE", { section: ".data.rel.ro.gopclntab" }, [/section \.data\.rel\.ro\.gopclntab/]],
  ["another name of the section", { section: ".rodata" }, [/found by its first bytes/]],
  ["no sections", { section: null }, [/found by its first bytes/, /go1\.22\.5/]],
  ["a table that does not say where the code starts", { saysTextStart: false }, [/0x401100, the only one/]],
  ["all of these on arm64", { machine: "aarch64", section: null, saysTextStart: false }, [/the only one/]],
];

for (const [name, options, evidence] of found) {
  Deno.test(`both functions and their returns are found: ${name}`, () => {
    const { stacks, refusals } = goTls(binaryOf(program(options)));
    deepEqual(refusals, []);
    equal(stacks.length, 1);
    const [stack] = stacks;
    deepEqual(stack!.hooks, hooksOf(options.machine));
    equal(stack!.method, "Go tables");
    for (const pattern of evidence) match(stack!.evidence.join("\n"), pattern);
    match(stack!.evidence.join("\n"), /Write is at 0x1140 and returns at 0x11[56]/);
  });
}

const byteAt = (where: number, value: number) => (bytes: Uint8Array) => bytes.fill(value, where, where + 1);
/** Of the second function, crypto/tls.(*Conn).Write. */
const inWrite = (from: number) => functionAt(1) + from;
const listAt = at.table + 0x180;
const refused: [
  name: string,
  options: ProgramOptions,
  change: (bytes: Uint8Array) => unknown,
  reason: RegExp,
][] = [
  ["Go 1.15", { layout: "1.2" }, () => {}, /built by Go 1\.16 or older/],
  ["Go 1.16", { layout: "1.16", version: { text: "go1.16.9", inline: true } }, () => {}, /Go 1\.16 or older/],
  ["Go 1.17 on arm64", { layout: "1.16", machine: "aarch64" }, () => {}, /Go 1\.17 or older/],
  ["no return where the table has one", {}, byteAt(inWrite(28), 0x90), /no return instruction at \+28/],
  ["a goroutine in another register", {}, byteAt(inWrite(2), 0x61), /does not compare the stack/],
  ["a stack check that leads elsewhere", {}, byteAt(inWrite(5), 0x1b), /no return instruction at \+32/],
  ["a stack check that leads into the function", {}, byteAt(inWrite(5), 0x06), /stack check leads to \+12/],
  [
    "stack deltas that never end",
    {},
    (bytes) => bytes.fill(0xff, at.table + 0x141, at.table + 0x180),
    /damaged/,
  ],
  ["stack deltas beyond the function", {}, byteAt(at.table + 0x142, 0x7f), /deltas of .* are damaged/],
  [
    "a name without a function",
    {},
    byteAt(listAt + 28 + 40 + 4, 0),
    /names .*Write and has no such function/,
  ],
  ["an entry the list does not lead to", {}, byteAt(listAt + 12, 0), /has no such function/],
  [
    "two functions of one name",
    {},
    (b) => b.copyWithin(listAt + 28 + 84, listAt + 28 + 44, listAt + 28 + 48),
    /several functions .*Write/,
  ],
  ["a name twice", { names: [...names, names[1]!] }, () => {}, /names crypto\/tls\.\(\*Conn\)\.Write twice/],
  ["no Read", { names: names.slice(0, 2) }, () => {}, /does not name .*Read/],
  ["code elsewhere", {}, (b) => b.copyWithin(at.code + 4, at.code, at.code + 192), /not what its table says/],
  [
    "code that fits in two places",
    { saysTextStart: false },
    (b) => b.copyWithin(at.code + 0x200, at.code, at.code + 192),
    /in two places/,
  ],
  [
    "code that fits nowhere",
    { saysTextStart: false },
    (b) => b.copyWithin(at.code + 4, at.code, at.code + 192),
    /nowhere/,
  ],
  [
    "a text start outside the code",
    {},
    (b) => b.copyWithin(at.table + 24, at.table + 8, at.table + 16),
    /not in executable code/,
  ],
  [
    "two tables",
    { section: null },
    (b) => b.copyWithin(at.table + 0x400, at.table, at.table + 0x400),
    /2 function tables/,
  ],
];

for (const [name, options, change, reason] of refused) {
  Deno.test(`refused: ${name}`, () => {
    const bytes = program(options);
    change(bytes);
    const { stacks, refusals } = goTls(binaryOf(bytes));
    deepEqual(stacks, []);
    equal(refusals.length, 1);
    match(refusals[0]!.reason, reason);
    match(refusals[0]!.evidence.join("\n"), /function table is at 0x2100/);
  });
}

const nothing: [name: string, options: ProgramOptions, change?: (bytes: Uint8Array) => unknown][] = [
  ["a Go program without crypto/tls", { names: ["runtime.main", "crypto/tls.(*Conn).Writer"] }],
  ["a name that only ends like it", { names: ["runtime.main", "vendor/crypto/tls.(*Conn).Write"] }],
  ["a program without a table", { section: null }, byteAt(at.table, 0)],
  ["a table for another machine", {}, byteAt(at.table + 6, 4)],
];

for (const [name, options, change] of nothing) {
  Deno.test(`nothing is found: ${name}`, () => {
    const bytes = program(options);
    change?.(bytes);
    deepEqual(goTls(binaryOf(bytes)), { stacks: [], refusals: [] });
  });
}
