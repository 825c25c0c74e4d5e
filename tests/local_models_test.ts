/** Local models over plain HTTP: every call equals what the server asked and answered, over TCP and unix sockets. */
import { deepEqual, equal, notEqual } from "node:assert/strict";
import { join } from "node:path";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { KINDS, LocalModel } from "./support/local_model.ts";

/** Python and Node: `HOST PORT SOCKET PATH BODY`; the socket where there is one. */
const PYTHON = `
import http.client, socket, sys, urllib.request
host, port, path, to, body = sys.argv[1:]
headers = {"Content-Type": "application/json"}
if path:
    c = http.client.HTTPConnection("localhost")
    c.sock = socket.socket(socket.AF_UNIX)
    c.sock.connect(path)
    c.request("POST", to, body.encode(), headers)
    c.getresponse().read()
else:
    host = f"[{host}]" if ":" in host else host
    urllib.request.urlopen(urllib.request.Request(f"http://{host}:{port}{to}", body.encode(), headers)).read()
`;
const NODE = `
const [host, port, socketPath, path, body] = process.argv.slice(1);
const where = socketPath ? { socketPath } : { host, port };
const headers = { "content-type": "application/json" };
require("node:http").request({ ...where, path, headers, method: "POST" }, (r) => r.resume()).end(body);
`;

interface Place {
  readonly host: string;
  readonly port: number;
  readonly socket: string;
}

type Client = (place: Place, path: string, body: string) => readonly string[];

const CLIENTS: readonly (readonly [name: string, client: Client])[] = [
  ["curl", ({ host, port, socket }, path, body) => {
    const at = host.includes(":") ? `[${host}]` : host;
    const to = socket ? ["--unix-socket", socket, `http://model${path}`] : [`http://${at}:${port}${path}`];
    return ["curl", "-sS", "--json", body, ...to];
  }],
  ["python3", (place, path, body) => ["python3", "-c", PYTHON, ...words(place), path, body]],
  ["node", (place, path, body) => ["node", "-e", NODE, ...words(place), path, body]],
];

for (const where of [{ hostname: "127.0.0.1" }, { hostname: "::1" }, { path: "model.sock" }]) {
  const name = "path" in where ? "a unix socket" : where.hostname;
  bpfTest(`local models on ${name}: each call as the server knows it`, async () => {
    const socket = "path" in where ? join(Deno.makeTempDirSync(), where.path) : "";
    await using model = new LocalModel("path" in where ? { path: socket } : where);
    const place = { host: "path" in where ? "" : where.hostname, port: model.port, socket };
    const lines = CLIENTS.flatMap(([name, command]) =>
      KINDS.map(({ path, model }) => {
        const messages = [{ role: "user", content: `Who are you, asks ${name} of ${path}? größe 日本` }];
        return command(place, path, JSON.stringify({ model, messages, stream: true })).map(quoted).join(" ");
      })
    );
    const { code, events, stderr } = await agentsight([
      ...["trace", "--json", "--no-server", "--no-store", "--capture", "full", "--"],
      ...["sh", "-c", lines.join("\n")],
    ]);
    equal(code, 0, stderr);
    const calls = ofKind(events, "llm.call");
    deepEqual(
      calls.map((call) => ({
        path: new URL(call.endpoint, "http://x").pathname,
        question: textOf(call.request.messages.at(-1)!.parts),
        text: call.response.text,
        reasoning: call.response.parts.flatMap((part) => part.type === "reasoning" ? [part.content] : [])
          .join(""),
        input: call.usage.input_tokens,
        output: call.usage.output_tokens,
      })),
      model.answers,
    );
    equal(calls.length, CLIENTS.length * KINDS.length);
    for (const [index, call] of calls.entries()) {
      const { api, provider, model } = KINDS[index % KINDS.length]!;
      deepEqual([call.api, call.provider, call.model], [api, provider, model]);
      deepEqual([call.streaming, call.complete, call.gaps, call.cost_usd], [true, true, 0, null]);
      deepEqual(call.peer, { addr: socket || place.host, port: place.port, confidence: "certain" });
      equal(call.comm, CLIENTS[Math.floor(index / KINDS.length)]![0]);
    }
    deepEqual(ofKind(events, "loss"), []);
  });
}

bpfTest(
  "server and client followed, and workers that share their sockets: each call is told once",
  async () => {
    const workers = join(import.meta.dirname!, "support/plain_clients/workers.py");
    const { code, events, stderr } = await agentsight([
      ...["trace", "--json", "--no-server", "--no-store", "--capture", "full", "--", "python3", workers],
    ]);
    equal(code, 0, stderr);
    const calls = ofKind(events, "llm.call");
    deepEqual(
      calls.map(({ response, usage, complete, gaps }) => [response.text, usage.input_tokens, complete, gaps]),
      [1, 2, 3].map((number) => [`answer ${number} done`, number, true, 0]),
    );
    const [first, second, third] = calls.map(({ pid }) => pid);
    equal(first, third);
    notEqual(first, second);
    deepEqual(
      ofKind(events, "http.exchange").map(({ role, complete, gaps }) => `${role} ${complete} ${gaps}`).sort(),
      [...Array(3).fill("client true 0"), ...Array(3).fill("server true 0")],
    );
    deepEqual(ofKind(events, "loss"), []);
  },
);

function words({ host, port, socket }: Place): string[] {
  return [host, String(port), socket];
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function textOf(parts: readonly { readonly type: string; readonly content?: unknown }[]): string {
  return parts.map(({ content }) => content).join("");
}
