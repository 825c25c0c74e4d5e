/**
 * A client and a server of `node:http2` over TCP, with an ear between them: several requests at once, with bodies
 * and pauses. Runs in Deno and in Node; what Node 20.20 said and heard is in `node.json.gz`.
 */
import http2 from "node:http2";
import net, { type AddressInfo } from "node:net";

export interface Heard {
  readonly dir: "send" | "recv";
  readonly bytes: Uint8Array;
}

export interface Truth {
  readonly path: string;
  readonly sent: string;
  readonly received: string;
  readonly status: number;
  readonly requestId: string;
}

const COUNT = 20;
const AT_ONCE = 5;

export async function traffic(): Promise<{ heard: Heard[]; truth: Truth[] }> {
  const heard: Heard[] = [];
  const server = http2.createServer();
  server.on("stream", (stream, headers) => void answer(stream, headers));
  const port = await listening(server);
  const ear = net.createServer((client) => {
    const upstream = net.connect(port, "127.0.0.1");
    client.on(
      "data",
      (bytes: Uint8Array) => void (heard.push({ dir: "send", bytes }), upstream.write(bytes)),
    );
    upstream.on(
      "data",
      (bytes: Uint8Array) => void (heard.push({ dir: "recv", bytes }), client.write(bytes)),
    );
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
    client.on("error", () => {});
    upstream.on("error", () => {});
  });
  const session = http2.connect(`http://127.0.0.1:${await listening(ear)}`);
  const truth: Truth[] = [];
  for (let i = 0; i < COUNT; i += AT_ONCE) {
    truth.push(...await Promise.all(Array.from({ length: AT_ONCE }, (_, k) => ask(session, i + k))));
  }
  await new Promise<void>((closed) => session.close(closed));
  await Promise.all([ear, server].map((end) => new Promise((closed) => end.close(closed))));
  return { heard, truth };
}

function listening(server: net.Server | http2.Http2Server): Promise<number> {
  return new Promise((listen) =>
    server.listen(0, "127.0.0.1", () => listen((server.address() as AddressInfo).port))
  );
}

function ask(session: http2.ClientHttp2Session, i: number): Promise<Truth> {
  const path = `/v1/item/${i % 7}?n=${i}`;
  const sent = JSON.stringify({ model: "m", text: "größer ".repeat(i === COUNT - 1 ? 5_000 : 2 * i) });
  return new Promise((done, failed) => {
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/json",
      "user-agent": "agent/1.0 (test)",
      "x-id": String(i),
      authorization: `Bearer ${"k".repeat(i % 4 * 100)}`,
      cookie: "a=1; b=2",
    });
    let [received, status, requestId] = ["", 0, ""];
    stream.setEncoding("utf8");
    stream.on("response", (headers) => {
      status = headers[":status"]!;
      requestId = String(headers["x-request-id"]);
    });
    stream.on("data", (text: string) => void (received += text));
    stream.on("end", () => done({ path, sent, received, status, requestId }));
    stream.on("error", failed);
    stream.end(sent);
  });
}

async function answer(stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const i = Number(headers["x-id"]);
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  stream.respond({
    ":status": i % 6 === 5 ? 429 : 200,
    "content-type": "text/event-stream; charset=utf-8",
    "x-request-id": `req_${i % 3 === 0 ? "same" : i}`,
    date: "Mon, 21 Oct 2013 20:13:21 GMT",
  });
  for (let part = 0; part < 4; part++) {
    stream.write(`data: ${JSON.stringify({ i, part, length, text: "ü".repeat(i * 10) })}\n\n`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  stream.end();
}
