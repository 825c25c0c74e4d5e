/** Real clients and servers, read from what went over TCP between them. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type EventEmitter, once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { WebSocket as WsClient, WebSocketServer } from "ws";
import type { Micros } from "../../event.ts";
import { MemoryBudget } from "../byte_buffer.ts";
import type { Role } from "../exchange.ts";
import { Http1Connection } from "../http1/connection.ts";
import { LossCounter } from "../losses.ts";
import { ACTOR } from "./testdata/wire.ts";

/** What is used of `ws`, which brings no types. */
interface Socket extends EventEmitter {
  send(data: string | Uint8Array, options?: { binary: boolean }): void;
  ping(): void;
  close(): void;
}

interface Piece {
  readonly from: Role;
  readonly bytes: Uint8Array;
}

/** Passes one connection on to `port` and keeps what went through, in order. */
async function tee(port: number): Promise<{ port: number; pieces: Piece[]; server: Server }> {
  const pieces: Piece[] = [];
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    client.on("data", (bytes) => void pieces.push({ from: "client", bytes: bytes.slice() }));
    upstream.on("data", (bytes) => void pieces.push({ from: "server", bytes: bytes.slice() }));
    for (const socket of [client, upstream]) socket.on("error", () => {});
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, pieces, server };
}

/** What an observer at one end reads in it. */
function read(pieces: readonly Piece[], role: Role): { seen: string[]; extensions: string | null } {
  const seen: string[] = [];
  const losses = new LossCounter();
  const budget = new MemoryBudget(64 << 20);
  let extensions: string | null = null;
  const none = () => {};
  const exchange = {
    ...{ requestBody: none, requestGap: none, requestEnd: none, responseHead: none, responseBody: none },
    ...{ responseGap: none, end: none },
  };
  const connection = new Http1Connection(1, {
    role,
    inStep: true,
    transport: "tcp",
    before: 0,
    tunnel: () => assert.fail("nobody asked for one"),
    observe: () => exchange,
    observeSocket: ({ response }) => {
      extensions = response.head?.headers.get("sec-websocket-extensions") ?? null;
      return {
        message: ({ from, binary, bytes, complete }) =>
          void seen.push(line({ from, binary, bytes, complete })),
        gap: () => assert.fail("nothing was lost"),
        end: () => void seen.push("end"),
      };
    },
    losses,
    budget,
    messageLimit: 16 << 20,
  });
  for (const { from, bytes } of pieces) {
    const dir = from === role ? "send" : "recv";
    connection.data(dir, bytes, { ts: 0 as Micros, actor: ACTOR, callStart: true });
  }
  connection.end(0 as Micros, true);
  assert.deepEqual(losses.take(), []);
  assert.equal(budget.used, 0);
  return { seen, extensions };
}

function line(message: { from: Role; binary: boolean; bytes: Uint8Array; complete: boolean }): string {
  const { from, binary, bytes, complete } = message;
  const sum = Buffer.from(bytes).toString("latin1");
  return `${from} ${binary ? "binary" : "text"} ${complete} ${bytes.length} ${hash(sum)}`;
}

function hash(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum = (sum * 31 + text.charCodeAt(at)) | 0;
  return sum;
}

/** Around every change of the length field, and larger than any buffer; text that deflates, bytes that do not. */
const SIZES = [0, 1, 125, 126, 65_535, 65_536, 4 << 20];

function text(size: number): string {
  return '{"type":"response.output_text.delta","delta":"a word"}'.repeat(size / 54 + 1).slice(0, size);
}

function bytes(size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size);
  for (let at = 0, state = size; at < size; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    out[at] = state >> 16;
  }
  return out;
}

/** Both sides send every message: the server sends back what it gets. */
const EXPECTED = SIZES.flatMap((size) =>
  [false, true].map((binary) => {
    const sent = binary ? bytes(size) : new TextEncoder().encode(text(size));
    return (from: Role) => line({ from, binary, bytes: sent, complete: true });
  })
);

interface Stack {
  readonly deflate: boolean | Record<string, unknown>;
  /** Of the answer's extensions; null when there must be none. */
  readonly extensions: RegExp | null;
}

const SERVERS: [name: string, stack: Stack][] = [
  ["ws without permessage-deflate", { deflate: false, extensions: null }],
  ["ws with takeover", { deflate: { threshold: 0 }, extensions: /^permessage-deflate$/ }],
  ["ws without takeover", {
    deflate: { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true },
    extensions: /no_context_takeover.*no_context_takeover/,
  }],
  ["ws with small windows", {
    deflate: { threshold: 0, serverMaxWindowBits: 9, clientMaxWindowBits: 10 },
    extensions: /max_window_bits=/,
  }],
];

for (const [name, { deflate, extensions }] of SERVERS) {
  Deno.test(`websocket traffic: ${name}`, async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: deflate });
    await once(server, "listening");
    server.on("connection", (socket: Socket) => {
      socket.ping();
      socket.on("message", (data: Uint8Array, binary: boolean) => void socket.send(data, { binary }));
    });
    const between = await tee((server.address() as AddressInfo).port);
    const client: Socket = new WsClient(`ws://127.0.0.1:${between.port}/`, {
      perMessageDeflate: { threshold: 0 },
    });
    await once(client, "open");
    await exchange(client);
    await new Promise<void>((resolve) => void server.close(() => resolve()));
    between.server.close();
    check(between.pieces, extensions);
  });
}

Deno.test("websocket traffic: Deno's server", async () => {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => socket.send(data);
    return response;
  });
  const between = await tee(server.addr.port);
  const client: Socket = new WsClient(`ws://127.0.0.1:${between.port}/`, {
    perMessageDeflate: { threshold: 0 },
  });
  await once(client, "open");
  await exchange(client);
  await server.shutdown();
  between.server.close();
  check(between.pieces, null);
});

async function exchange(client: Socket): Promise<void> {
  for (const size of SIZES) {
    for (const data of [text(size), bytes(size)]) {
      client.send(data);
      await once(client, "message");
    }
  }
  client.close();
  await once(client, "close");
}

function check(pieces: readonly Piece[], extensions: RegExp | null): void {
  const expected = [...EXPECTED.flatMap((message) => [message("client"), message("server")]), "end"];
  for (const role of ["client", "server"] as const) {
    const got = read(pieces, role);
    assert.deepEqual(got.seen, expected);
    if (extensions) assert.match(got.extensions!, extensions);
    else assert.equal(got.extensions, null);
  }
}
