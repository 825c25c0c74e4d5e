/** Servers that break off or talk nonsense: each exchange ends as what it was, and the next one is whole. */
import assert from "node:assert/strict";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { makeCertificates } from "./support/certificates.ts";

const body = JSON.stringify({
  model: "claude-sonnet-4-5",
  max_tokens: 10,
  messages: [{ role: "user", content: "Say ok." }],
});
const sse = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";
const event = (type: string, rest: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
const beginning = event("message_start", {
  message: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5",
    content: [],
    usage: {},
  },
}) + event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }) +
  event("content_block_delta", { index: 0, delta: { type: "text_delta", text: "ok" } });
const ending = event("content_block_stop", { index: 0 }) + event("message_stop", {});

/** By path: what the server answers before it closes the connection. */
const answers: Readonly<Record<string, string>> = {
  "/garbage/v1/messages": "\x00\xff\x16 this is no HTTP \r\n\r\n{}{}\n\n\n",
  "/silence/v1/messages": "",
  "/chunks/v1/messages": `${sse}transfer-encoding: chunked\r\n\r\nZZ\r\nnot a size\r\n`,
  "/truncated/v1/messages": `${sse}content-length: 100000\r\n\r\n${beginning}event: content_bl`,
  "/good/v1/messages": `${sse}\r\n${beginning}${ending}`,
};

bpfTest("garbage, silence, bad chunks and a truncated stream do not end a trace", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "agentsight-broken-" });
  const { cert, key, caFile } = makeCertificates(dir);
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  const serving = serve(listener);
  const url = `https://127.0.0.1:${listener.addr.port}`;
  const asks = Object.keys(answers).map((path) =>
    `curl --silent --http1.1 --cacert ${caFile} --data '${body}' ${url}${path} --output /dev/null`
  );
  const { code, events, stderr } = await agentsight(
    ["trace", "--json", "--no-server", "--no-store", "--", "sh", "-c", `${asks.join("; ")}; exit 9`],
  );
  listener.close();
  await serving;
  assert.equal(code, 9, stderr);
  const losses = ofKind(events, "loss");
  // Two answers, told in one event where a busy machine looks at both at once.
  assert.deepEqual(
    new Set(losses.map(({ class: what, reason }) => `${what} ${reason}`)),
    new Set(["http unparsed"]),
  );
  const nonsense = answers["/garbage/v1/messages"]! + "Z\r\nnot a size\r\n";
  assert.equal(losses.reduce((sum, { count }) => sum + count, 0), nonsense.length);
  const calls = new Map(
    ofKind(events, "llm.call").map((call) => [new URL(call.endpoint).pathname, call] as const),
  );
  assert.deepEqual([...calls.keys()].sort(), Object.keys(answers).sort());
  for (const [path, call] of calls) {
    assert.equal(call.complete, path.startsWith("/good"), path);
    assert.deepEqual(call.request.messages[0]?.parts, [{ type: "text", content: "Say ok." }]);
  }
  assert.equal(calls.get("/truncated/v1/messages")?.response.text, "ok");
  assert.equal(calls.get("/good/v1/messages")?.response.text, "ok");
  Deno.removeSync(dir, { recursive: true });
});

async function serve(listener: Deno.TlsListener): Promise<void> {
  for (;;) {
    const connection = await listener.accept().catch(() => null);
    if (connection === null) return;
    let request = "";
    const buffer = new Uint8Array(4096);
    while (!request.endsWith("}")) {
      const count = await connection.read(buffer);
      if (count === null) break;
      request += new TextDecoder().decode(buffer.subarray(0, count));
    }
    const path = request.split(" ")[1] ?? "";
    const answer = Uint8Array.from(answers[path] ?? "", (c) => c.charCodeAt(0));
    if (answer.length > 0) await connection.write(answer);
    connection.close();
  }
}
