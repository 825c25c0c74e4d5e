/**
 * Every TLS implementation, 8 connections and 200 requests of up to 4 MiB: captured byte for byte in both directions.
 *
 * With `UNCAPTURED=1` the clients run alone. That tells a broken client from a broken capture, and needs no root.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Event } from "../src/event.ts";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { EchoServer } from "./support/echo_server.ts";
import { askUntraced, assertCaptured } from "./support/ground_truth.ts";
import { TlsEnd } from "./support/tls_end.ts";
import { type Stack, stacks } from "./support/tls_stacks.ts";
import { TlsTee } from "./support/tls_tee.ts";

const COUNT = 200;
const CONCURRENCY = 8;
const uncaptured = Deno.env.get("UNCAPTURED") === "1";

interface Run {
  readonly server: EchoServer;
  readonly tee: TlsTee;
  /** Of the server as the client sees it. */
  readonly url: string;
  readonly isHttp2: boolean;
  readonly count: number;
  readonly client: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly dir: string;
}

const thorough = Deno.env.get("AGENTS") === "traced";

for (const stack of stacks.filter(({ slow }) => thorough || !slow)) {
  if (uncaptured) Deno.test(`${stack.name}, not captured`, () => withStack(stack, runAlone));
  else bpfTest(`${stack.name} is captured byte for byte`, () => withStack(stack, runTraced));
}

async function withStack(stack: Stack, run: (run: Run) => Promise<void>): Promise<void> {
  const { count = COUNT, alpn = ["http/1.1"], tls } = stack;
  const server = new EchoServer(count);
  const dir = Deno.makeTempDirSync({ prefix: "agentsight-stack-" });
  await using tee = new TlsTee(server.fetch, { alpn, plain: tls !== undefined });
  await using end = tls === undefined ? null : await TlsEnd.start(tee, { ...tls, alpn });
  const url = end?.url ?? tee.url;
  const client = await stack.command({ url, caFile: tee.caFile, count, concurrency: CONCURRENCY, dir });
  const env = { NODE_EXTRA_CA_CERTS: tee.caFile, ...stack.env };
  await run({ server, count, tee, url, isHttp2: alpn.includes("h2"), client, env, dir });
  assert.deepEqual(server.complaints, []);
  assert.equal(server.served, count);
  Deno.removeSync(dir, { recursive: true });
}

async function runTraced(run: Run): Promise<void> {
  const { tee, url, client, env, dir } = run;
  const rounds = join(dir, "rounds");
  const options = ["--json", "--no-server", "--no-store", "--rounds", rounds, "--strict"];
  const [{ code, events, stderr }] = await Promise.all([
    agentsight(["trace", ...options, "--", ...client], { env }),
    askUntraced(tee, url),
  ]);
  assert.deepEqual(ofKind(events, "loss"), []);
  assert.equal(code, 0, stderr);
  assert.ok(assertCaptured(tee, rounds, { events, url }) >= CONCURRENCY);
  assertExchanges(run, events);
}

/** Every request was read, once and whole. */
function assertExchanges({ server, url, count, isHttp2 }: Run, events: readonly Event[]): void {
  const seen = ofKind(events, "http.exchange").map((exchange) => {
    const { method, url, status, version, req_bytes, resp_bytes, complete } = exchange;
    return `${method} ${url} ${status} ${version}: ${req_bytes}, ${resp_bytes}, ${complete}`;
  });
  const expected = Array.from({ length: count }, (_, i) => {
    const size = server.bodySize(i);
    return `POST ${url}/echo/${i} 200 ${isHttp2 ? "2" : "1.1"}: ${size}, ${size}, true`;
  });
  assert.deepEqual(seen.sort(), expected.sort());
}

async function runAlone({ tee, client: [program = "", ...args], env }: Run): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args, env, stdin: "null" }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  assert.ok(tee.connections.length >= CONCURRENCY);
}
