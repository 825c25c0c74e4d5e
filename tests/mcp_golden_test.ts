/**
 * Sessions of real MCP clients with real servers, as the bytes that passed between them, through the interpret stage.
 *
 * They are recorded anew with `UPDATE_GOLDEN=1 deno test -A tests/mcp_golden_test.ts`.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Actor, Draft, McpMessaged, Micros } from "../src/event.ts";
import { ToolJoins } from "../src/mcp/join.ts";
import { StdioMcp } from "../src/mcp/stdio.ts";
import { MemoryBudget } from "../src/protocol/byte_buffer.ts";
import { LossCounter } from "../src/protocol/losses.ts";
import type { StreamRecord } from "../src/protocol/stream_record.ts";
import {
  type Era,
  eras,
  mcpSession,
  program,
  type SaidByClient,
  saidByClient,
} from "./support/mcp_session.ts";

interface Session {
  readonly client: SaidByClient;
  readonly chunks: readonly { readonly dir: "in" | "out"; readonly base64: string }[];
}

const testdata = join(import.meta.dirname!, "testdata/mcp");
const CLIENT: Actor = { pid: 1, tid: 1, start: 1 as Micros, comm: "node" };
const SERVER: Actor = { pid: 2, tid: 2, start: 2 as Micros, comm: "node" };

async function record(era: Era): Promise<void> {
  const log = Deno.makeTempFileSync();
  const [node = "", ...args] = await mcpSession(era);
  const wrapper = [node, program("stdio_tee.mjs"), log];
  const { stdout, success } = await new Deno.Command(node, { args: [...args, ...wrapper] }).output();
  ok(success);
  const client = JSON.stringify(saidByClient(new TextDecoder().decode(stdout)));
  Deno.mkdirSync(testdata, { recursive: true });
  Deno.writeFileSync(
    join(testdata, `${era}.ndjson.gz`),
    gzipSync(`${client}\n${Deno.readTextFileSync(log)}`),
  );
  Deno.removeSync(log);
}

function read(era: Era): Session {
  const text = new TextDecoder().decode(gunzipSync(Deno.readFileSync(join(testdata, `${era}.ndjson.gz`))));
  const [client, ...chunks] = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  return { client, chunks };
}

/** What a capture would give; one write a chunk, or a byte. */
function records({ chunks }: Session, size: number): StreamRecord[] {
  const ends = {
    in: { conn: 1, actor: CLIENT, reader: SERVER },
    out: { conn: 2, actor: SERVER, reader: CLIENT },
  };
  const ts = 0 as Micros;
  const out: StreamRecord[] = Object.values(ends).flatMap(({ conn, actor, reader }) => [
    { type: "open", conn, transport: "unix", speaks: "json-rpc", fromStart: true, actor, ts },
    { type: "reader", conn, actor: reader, ts },
  ]);
  const pos = { in: 0, out: 0 };
  chunks.forEach(({ dir, base64 }, call) => {
    const { conn, actor } = ends[dir];
    const bytes = Uint8Array.fromBase64(base64);
    for (let from = 0; from < bytes.length; from += size) {
      const piece = bytes.subarray(from, from + size);
      out.push({
        type: "data",
        conn,
        dir: "send",
        pos: pos[dir],
        call,
        bytes: piece,
        actor,
        ts: call as Micros,
      });
      pos[dir] += piece.length;
    }
  });
  return out;
}

function follow(input: readonly StreamRecord[]): Draft<McpMessaged>[] {
  const drafts: Draft<McpMessaged>[] = [];
  const losses = new LossCounter();
  const budget = new MemoryBudget(1 << 24);
  const emit = (draft: Draft) => void (draft.kind === "mcp.message" && drafts.push(draft));
  const stdio = new StdioMcp({ emit, losses, budget, joins: new ToolJoins(), bodyLimit: 1 << 20 });
  for (const one of input) stdio.push(one);
  stdio.flush(1e15 as Micros, { final: true });
  deepEqual([losses.take(), budget.used], [[], 0]);
  return drafts;
}

/** The event as the message that it was. */
function asSent({ type, id, method, params, result, error }: Draft<McpMessaged>): unknown {
  const fields = type === "notification"
    ? { method, params }
    : type === "request"
    ? { id, method, params }
    : type === "response"
    ? { id, result }
    : { id, error };
  return JSON.parse(JSON.stringify({ jsonrpc: "2.0", ...fields }));
}

for (const era of eras) {
  Deno.test(`a real session of ${era}: every message as the client sent and received it`, async () => {
    if (Deno.env.has("UPDATE_GOLDEN")) await record(era);
    const session = read(era);
    const drafts = follow(records(session, 1 << 30));
    for (const [dir, pid, key] of [["in", CLIENT.pid, "sent"], ["out", SERVER.pid, "received"]] as const) {
      const bytes = session.chunks.filter((chunk) => chunk.dir === dir).map(({ base64 }) => base64);
      const text = new TextDecoder().decode(
        new Uint8Array(bytes.flatMap((base64) => [...Uint8Array.fromBase64(base64)])),
      );
      const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
      const told = drafts.filter((draft) => draft.pid === pid).map(asSent);
      deepEqual(told, lines);
      // The client's own account starts after it has found out which era the server is of.
      const own = session.client.messages.flatMap((said) => key in said ? Object.values(said) : []);
      deepEqual(told.slice(-own.length), own);
    }
  });

  Deno.test(`a real session of ${era}: what belongs together, in any pieces`, () => {
    const session = read(era);
    const drafts = follow(records(session, 1 << 30));
    deepEqual(follow(records(session, 1)), drafts);
    const answers = drafts.filter(({ type }) => type === "response" || type === "error");
    ok(
      answers.length > 5 &&
        answers.every(({ method, duration_ms }) => method !== null && duration_ms !== null),
    );
    for (const { pid, role } of drafts) equal(role, pid === CLIENT.pid ? "client" : "server");
    const [server, version] = era === "2025"
      ? ["mcp-servers/everything", "2025-11-25"]
      : ["server-of-test", "2026-07-28"];
    deepEqual([drafts.at(-1)!.server, drafts.at(-1)!.protocol_version], [server, version]);
  });
}
