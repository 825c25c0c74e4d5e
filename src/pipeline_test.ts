import assert from "node:assert/strict";
import { concat } from "./bytes.ts";
import * as layout from "./capture/layout.gen.ts";
import { RecordFlag, RecordType } from "./capture/layout.gen.ts";
import type { Round } from "./capture/messages.ts";
import { buildRecord, utf8 } from "./capture/testdata/record_builder.ts";
import type { Micros } from "./event.ts";
import { Pipeline } from "./pipeline.ts";

/** More than a call can have arguments. */
const MANY = 150_000;

Deno.test("a round of very many events", async () => {
  const results = Array.from({ length: MANY }, (_, n) => ({ role: "tool", tool_call_id: `t${n}` }));
  const body = utf8(JSON.stringify({ model: "m", messages: results }));
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: h\r\ncontent-length: ${body.length}\r\n\r\n`;
  const bytes = concat([utf8(head), body]);
  const payload = concat([
    buildRecord({ type: RecordType.TLS_OPEN, tid: 12, flags: RecordFlag.FROM_START }, {
      layout: layout.tlsOpen,
      values: { conn: 3n, library: 7n },
    }),
    buildRecord({ type: RecordType.TLS_DATA, tid: 12 }, {
      layout: layout.tlsData,
      values: { conn: 3n, pos: 0n, call: 1, length: bytes.length },
      tail: [bytes],
    }),
  ]);
  const round: Round = {
    type: "round",
    now: 10 as Micros,
    libraries: [],
    drafts: [],
    control: null,
    payload,
    losses: [],
  };
  const events = await new Pipeline({ boot: 0, level: "redacted", fold: "none" }).push(round);
  assert.equal(events.filter(({ kind }) => kind === "tool.result").length, MANY);
});
