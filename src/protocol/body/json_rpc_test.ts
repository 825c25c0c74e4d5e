import { deepEqual, doesNotThrow } from "node:assert/strict";
import fc from "fast-check";
import { type JsonRpcMessage, jsonRpcMessages } from "./json_rpc.ts";

const V = { jsonrpc: "2.0" };

const cases: readonly (readonly [name: string, value: unknown, messages: readonly JsonRpcMessage[]])[] = [
  ["request", { ...V, id: 1, method: "m", params: { a: 1 } }, [
    { type: "request", id: 1, method: "m", params: { a: 1 } },
  ]],
  ["request with a text id and no params", { method: "m", ...V, id: "1" }, [
    { type: "request", id: "1", method: "m", params: undefined },
  ]],
  ["notification", { ...V, method: "m", params: [1] }, [{ type: "notification", method: "m", params: [1] }]],
  ["response", { ...V, id: 0, result: null }, [{ type: "response", id: 0, result: null }]],
  ["error", { ...V, id: 2, error: { code: -32601, message: "no" } }, [
    { type: "error", id: 2, error: { code: -32601, message: "no" } },
  ]],
  ["error without a request", { ...V, error: { code: -32700 } }, [
    { type: "error", id: null, error: { code: -32700 } },
  ]],
  ["response with an empty error", { ...V, id: 3, result: {}, error: null }, [
    { type: "response", id: 3, result: {} },
  ]],
  ["foreign fields", { ...V, id: 1, method: "m", params: 0, trace: "x" }, [
    { type: "request", id: 1, method: "m", params: 0 },
  ]],
  ["batch", [{ ...V, id: 1, method: "m", params: 1 }, 7, { ...V, id: 2, result: 1 }], [
    { type: "request", id: 1, method: "m", params: 1 },
    { type: "response", id: 2, result: 1 },
  ]],
  ["batch in a batch", [[{ ...V, id: 1, result: 1 }]], []],
  ["another version", { jsonrpc: "1.0", id: 1, method: "m" }, []],
  ["no version", { id: 1, method: "m" }, []],
  ["an id that is an object", { ...V, id: {}, method: "m" }, []],
  ["a method that is no text", { ...V, id: 1, method: 5, result: 1 }, []],
  ["neither method, result nor error", { ...V, id: 1 }, []],
  ["null", null, []],
];

for (const [name, value, messages] of cases) {
  Deno.test(`json-rpc: ${name}`, () => deepEqual(jsonRpcMessages(value), messages));
}

Deno.test("property: any value is some messages or none", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => doesNotThrow(() => jsonRpcMessages(value))));
});
