/** Exchanges of a client and a server, and what must be told of them at either end. */
import assert from "node:assert/strict";
import { type Call, line, recv, send, told } from "./conversation.ts";
import { Headers, type HeadersOptions, PREFACE, settings, settingsAck, window } from "./frames.ts";

/** A client's and a server's frames, each with its own table. */
export class Pair {
  readonly #client = new Headers();
  readonly #server = new Headers();

  ask(
    stream: number,
    path: string,
    options: HeadersOptions & { method?: string; fields?: [string, string][] } = {},
  ) {
    const { method = "GET", fields = [], ...rest } = options;
    const all: [string, string][] = [
      [":method", method],
      [":scheme", "https"],
      [":path", path],
      [":authority", "h"],
      ["x-n", `${stream}`],
      ...fields,
    ];
    return this.#client.frames(stream, all, rest);
  }

  trailers(stream: number) {
    return this.#client.frames(stream, { "x-sum": "1" }, { end: true });
  }

  answer(stream: number, status: number, options: HeadersOptions & { fields?: [string, string][] } = {}) {
    const { fields = [], ...rest } = options;
    return this.#server.frames(stream, [[":status", `${status}`], ["x-s", `${status}`], ...fields], rest);
  }

  server(stream: number, fields: Record<string, string>, options: HeadersOptions = {}) {
    return this.#server.frames(stream, fields, options);
  }
}

export const HELLO = send(PREFACE, settings(), window(0));
export const WELCOME = recv(settings(), settingsAck());

export interface Case {
  readonly name: string;
  readonly calls: (pair: Pair) => Call[];
  readonly done: string[];
  readonly sockets?: string[];
  readonly losses?: string[];
}

export function testExchanges(cases: readonly Case[]): void {
  for (const { name, calls, done, sockets = [], losses = [] } of cases) {
    Deno.test(`http/2: ${name}`, () => {
      const list = calls(new Pair());
      for (const size of [1 << 20, 10, 1]) {
        const got = told(list, { sizes: [size] });
        assert.deepEqual(got.seen.map(line), done, `pieces of ${size}`);
        assert.deepEqual(got.sockets, sockets, `pieces of ${size}`);
        assert.deepEqual(got.losses, losses, `pieces of ${size}`);
        assert.deepEqual(got.spoken, ["http2"], `pieces of ${size}`);
      }
    });

    Deno.test(`http/2: ${name}, as the server saw it`, () => {
      const list = calls(new Pair()).map((call): Call => ({
        ...call,
        dir: call.dir === "send" ? "recv" : "send",
      }));
      const got = told(list);
      assert.deepEqual(got.seen.map(line), done);
      assert.ok(got.seen.every(({ role }) => role === "server"));
    });
  }
}
