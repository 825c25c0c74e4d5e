/** Stands in front of a plain HTTP server and gives its WebSockets permessage-deflate, which Deno's own do not have. */
import { Buffer } from "node:buffer";
import { type EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

/** What is used of `ws`, which brings no types. */
interface Socket extends EventEmitter {
  send(data: string): void;
  close(): void;
}

export interface Relay extends Disposable {
  readonly port: number;
}

/** History is kept from message to message, and every message is deflated, however small. */
const perMessageDeflate = { threshold: 0 };

export async function deflatingRelay(backend: number): Promise<Relay> {
  const origin = `127.0.0.1:${backend}`;
  const server = createServer((request, response) => void pass(request, response, `http://${origin}`));
  const sockets = new WebSocketServer({ server, perMessageDeflate });
  sockets.on("connection", (client: Socket, request: IncomingMessage) => {
    const upstream = new WebSocket(`ws://${origin}${request.url}`);
    const early: string[] = [];
    upstream.onopen = () => early.splice(0).forEach((text) => upstream.send(text));
    upstream.onmessage = ({ data }) => client.send(String(data));
    upstream.onclose = upstream.onerror = () => client.close();
    client.on("message", (data: Buffer) => {
      if (upstream.readyState === WebSocket.OPEN) upstream.send(data.toString());
      else early.push(data.toString());
    });
    client.on("close", () => upstream.close());
    client.on("error", () => upstream.close());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.dispose]: () => {
      sockets.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

async function pass(request: IncomingMessage, response: ServerResponse, origin: string): Promise<void> {
  const body = request.method === "GET" ? null : Buffer.concat(await Array.fromAsync(request));
  const answer = await fetch(origin + request.url, { method: request.method ?? "GET", body });
  response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
  response.end(Buffer.from(await answer.arrayBuffer()));
}
