import assert from "node:assert/strict";
import { ApiError, createApi, queryString } from "./api.ts";

Deno.test("paths carry only the parameters that are present", async () => {
  const urls: string[] = [];
  const api = createApi((url) => {
    urls.push(url);
    return Promise.resolve(Response.json([]));
  });
  await api.calls();
  await api.calls({ session: null, before: 9, limit: 2 });
  await api.call("a/b");
  await api.events({ kind: ["file.*", "net.*"], pid: 4, after: 0 });
  await api.search("a & b", { limit: 5 });
  assert.deepEqual(urls, [
    "/api/calls",
    "/api/calls?before=9&limit=2",
    "/api/calls/a%2Fb",
    "/api/events?kind=file.*%2Cnet.*&pid=4&after=0",
    "/api/search?q=a+%26+b&limit=5",
  ]);
  assert.equal(queryString({ a: undefined, b: null }), "");
});

Deno.test("a failure is a sentence and a status", async () => {
  const cases: readonly (readonly [() => Promise<Response>, string, number | null])[] = [
    [() => Promise.resolve(Response.json({ error: "no such call" }, { status: 404 })), "no such call", 404],
    [() => Promise.resolve(new Response("<html>", { status: 502 })), "The server answered 502", 502],
    [() => Promise.reject(new TypeError("network")), "AgentSight does not answer", null],
  ];
  for (const [answer, message, status] of cases) {
    await assert.rejects(createApi(answer).info(), (error) => {
      assert.ok(error instanceof ApiError);
      assert.deepEqual([error.message, error.status], [message, status]);
      return true;
    });
  }
});
