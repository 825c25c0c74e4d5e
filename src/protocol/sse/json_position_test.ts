import assert from "node:assert/strict";
import fc from "fast-check";
import { type JsonPath, locate } from "./json_position.ts";

const cases: readonly [json: string, path: JsonPath, value: string | null][] = [
  ['{"a":"x"}', ["a"], '"x"'],
  [' { "a" : { "b" : [ 1 , "}]" , {"c":null} ] } } ', ["a", "b", 2, "c"], "null"],
  ['{"a":1,"a":2}', ["a"], "2"],
  ['{"\\u0061":7}', ["a"], "7"],
  ['{"a\\"":"\\\\","a":"y"}', ["a"], '"y"'],
  ['{"b":{"a":1}}', ["a"], null],
  ["[[],[3]]", [1, 0], "3"],
  ["[1]", [1], null],
  ["{}", ["a"], null],
  ["[]", [0], null],
  ['"a"', ["a"], null],
  ["true", [], "true"],
];

for (const [json, path, value] of cases) {
  Deno.test(`position of ${JSON.stringify(path)} in ${json}`, () => {
    const place = locate(json, path);
    assert.equal(place && json.slice(...place), value);
  });
}

Deno.test("property: every value of any JSON is found where it stands", () => {
  fc.assert(fc.property(fc.json(), fc.nat({ max: 3 }), (json, indent) => {
    const value: unknown = JSON.parse(json);
    const text = JSON.stringify(value, null, indent);
    for (const [path, expected] of leaves(value, [])) {
      const place = locate(text, path);
      assert.ok(place);
      assert.deepEqual(JSON.parse(text.slice(...place)), expected);
    }
  }));
});

function leaves(value: unknown, path: JsonPath): [JsonPath, unknown][] {
  const here: [JsonPath, unknown] = [path, value];
  if (typeof value !== "object" || value === null) return [here];
  const inside = Array.isArray(value) ? value.map((item, i) => [i, item] as const) : Object.entries(value);
  return [here, ...inside.flatMap(([key, item]) => leaves(item, [...path, key]))];
}

Deno.test("property: broken JSON ends", () => {
  fc.assert(fc.property(fc.string(), fc.constantFrom<JsonPath>(["a"], [0], ["a", 0, "b"]), (json, path) => {
    try {
      locate(json, path);
    } catch (error) {
      assert.ok(error instanceof SyntaxError);
    }
  }));
});
