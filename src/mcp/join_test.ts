import { deepEqual, equal } from "node:assert/strict";
import type { Micros } from "../event.ts";
import { digest } from "./canonical.ts";
import { ToolJoins, toolRequest } from "./join.ts";

const AGENT = { pid: 7, tid: 8, start: 1 as Micros, comm: "agent" };
const HOUR = 3_600_000_000;

function called(id: string, name: string, input: unknown, { ts = 100, agent = AGENT } = {}) {
  return {
    ...agent,
    ts: ts as Micros,
    kind: "tool.call" as const,
    run_by: "agent" as const,
    id,
    name,
    input,
    llm_call: "c",
  };
}

function answered(id: string) {
  const ts = 900 as Micros;
  return {
    ...AGENT,
    ts,
    kind: "tool.result" as const,
    run_by: "agent" as const,
    id,
    name: null,
    is_error: false,
    bytes: 1,
    llm_call: "c",
  };
}

/** The call that a request for `name` carries out. */
function match(joins: ToolJoins, name: string, args: unknown, options: {
  readonly ts?: number;
  readonly server?: string;
  readonly serverName?: string | null;
  readonly client?: typeof AGENT | null;
} = {}): string | null {
  const { ts = 200, server = "s", serverName = null, client = AGENT } = options;
  const request = toolRequest({ name, arguments: args }, { client, server });
  return request && joins.match(request, { ts: ts as Micros, serverName });
}

const NAMES: readonly (readonly [called: string, tool: string, joined: boolean])[] = [
  ["read_file", "read_file", true],
  ["mcp__fs__read_file", "read_file", true],
  ["mcp_fs_read_file", "read_file", true],
  ["fs_read_file", "read_file", true],
  ["fs-read_file", "read_file", true],
  ["fs.read_file", "read_file", true],
  ["fs/read_file", "read_file", true],
  ["mcp__my_fs__a_b", "a.b", true],
  ["mcp__fs.get_sum", "get-sum", true],
  ["mcp__fs__get-sum", "get-sum", true],
  ["bread_file", "read_file".slice(1), false],
  ["unread_file", "read_file", false],
  ["read_file", "fs_read_file", false],
  ["read_file", "write_file", false],
  ["read_file", "", false],
];

for (const [name, tool, joined] of NAMES) {
  Deno.test(`a call of ${name} ${joined ? "is" : "is not"} carried out by ${tool || "nothing"}`, () => {
    const joins = new ToolJoins();
    joins.toolCalled(called("a", name, { path: "/x" }));
    equal(match(joins, tool, { path: "/x" }), joined ? "a" : null);
  });
}

const INPUTS: readonly (readonly [name: string, input: unknown, args: unknown, joined: boolean])[] = [
  [
    "keys in any order",
    { a: 1, b: { c: [1, { d: 2, e: 3 }] } },
    { b: { c: [1, { e: 3, d: 2 }] }, a: 1 },
    true,
  ],
  ["no arguments and none", {}, undefined, true],
  ["no input and none", null, {}, true],
  ["another value", { a: 1 }, { a: 2 }, false],
  ["one key more", { a: 1 }, { a: 1, b: null }, false],
  ["items in another order", { a: [1, 2] }, { a: [2, 1] }, false],
  ["text and number", { a: "1" }, { a: 1 }, false],
  ["an array and an object", { a: [] }, { a: {} }, false],
];

for (const [name, input, args, joined] of INPUTS) {
  Deno.test(`arguments: ${name}`, () => {
    const joins = new ToolJoins();
    joins.toolCalled(called("a", "t", input));
    equal(match(joins, "t", args), joined ? "a" : null);
  });
}

Deno.test("two equal calls are paired in their order, each once", () => {
  const joins = new ToolJoins();
  joins.toolCalled(called("b", "t", {}, { ts: 101 }));
  joins.toolCalled(called("a", "t", {}, { ts: 100 }));
  deepEqual([1, 2, 3].map(() => match(joins, "t", {})), ["a", "b", null]);
});

Deno.test("not before the call, not long after it, not by another process", () => {
  const joins = new ToolJoins();
  joins.toolCalled(called("a", "t", {}));
  equal(match(joins, "t", {}, { ts: 99 }), null);
  equal(match(joins, "t", {}, { ts: 101 + HOUR }), null);
  equal(match(joins, "t", {}, { client: { ...AGENT, start: 2 as Micros } }), null);
  equal(match(joins, "t", {}, { client: null }), null);
  equal(match(joins, "t", {}, { ts: 100 + HOUR }), "a");
});

Deno.test("a call that was answered otherwise is not carried out any more", () => {
  const joins = new ToolJoins();
  joins.toolCalled(called("denied", "t", {}));
  joins.toolAnswered(answered("denied"));
  joins.toolCalled(called("allowed", "t", {}));
  equal(match(joins, "t", {}), "allowed");
});

Deno.test("a request that is made again is for the same call", () => {
  const joins = new ToolJoins();
  joins.toolCalled(called("a", "t", {}));
  equal(match(joins, "t", {}), "a");
  joins.reopen(AGENT, "a");
  joins.reopen(AGENT, "a");
  deepEqual([match(joins, "t", {}), match(joins, "t", {})], ["a", null]);
});

Deno.test("the same tool on two servers: the name of the server tells, or what was seen before", () => {
  const joins = new ToolJoins();
  const both = (ts: number, suffix: string) => {
    joins.toolCalled(called(`a${suffix}`, "mcp__alpha__search", { q: 1 }, { ts }));
    joins.toolCalled(called(`b${suffix}`, "mcp__beta__search", { q: 1 }, { ts }));
  };
  both(100, "1");
  equal(match(joins, "search", { q: 1 }, { server: "2", serverName: "Beta" }), "b1");
  equal(match(joins, "search", { q: 1 }, { server: "1", serverName: "other" }), "a1");
  both(300, "2");
  equal(match(joins, "search", { q: 1 }, { server: "2", ts: 400 }), "b2");
  equal(match(joins, "search", { q: 1 }, { server: "1", ts: 400 }), "a2");
});

Deno.test("10,000 calls of other tools are not kept", () => {
  const joins = new ToolJoins();
  for (let i = 0; i < 10_000; i++) joins.toolCalled(called(`${i}`, "bash", { i }));
  deepEqual([match(joins, "bash", { i: 5_000 }), match(joins, "bash", { i: 9_000 })], [null, "9000"]);
});

Deno.test("values nested too deep are not compared", () => {
  const deep = JSON.parse("[".repeat(50_000) + "]".repeat(50_000));
  equal(digest(deep), null);
  const joins = new ToolJoins();
  joins.toolCalled(called("a", "t", deep));
  equal(match(joins, "t", deep), null);
});

for (const key of ["callId", "claudecode/toolUseId"]) {
  Deno.test(`the id that a client tells in ${key} is the call's, before the call is known too`, () => {
    const joins = new ToolJoins();
    const args = { path: "/x" };
    const between = { client: AGENT, server: "s" };
    const ask = (id: unknown) =>
      joins.match(toolRequest({ name: "t", arguments: args, _meta: { [key]: id } }, between)!, {
        ts: 50 as Micros,
        serverName: null,
      });
    equal(ask("early"), "early");
    joins.toolCalled(called("early", "t", args));
    // It waits for nothing more: the next equal request is another call's.
    equal(match(joins, "t", args), null);
    joins.toolCalled(called("a", "t", args));
    joins.toolCalled(called("b", "t", args));
    equal(ask("b"), "b");
    equal(match(joins, "t", args), "a");
    equal(ask(7), null);
    // Made again, by one who does not tell.
    joins.reopen(AGENT, "b");
    equal(match(joins, "t", args), "b");
  });
}
