import { deepEqual } from "node:assert/strict";
import { Lane } from "./lane.ts";
import type { ResolveAnswer, ResolveRequest } from "./resolver_worker.ts";

const SECOND = 1000;

/** Workers that answer when they are told to. */
class Office {
  readonly lane: Lane;
  readonly said: string[] = [];
  readonly #asked = new Map<number, ResolveRequest>();
  readonly #lines = new Map<number, { onmessage: ((event: MessageEvent) => void) | null }>();
  #nextWorker = 1;
  #nextRequest = 1;

  constructor(options: { readonly keep: number; readonly atOnce?: number }) {
    this.lane = new Lane({
      hire: () => this.said.push("hire"),
      dismiss: (id) => this.said.push(`dismiss ${id}`),
    }, { atOnce: 1, busyMs: 300, ...options });
  }

  join(): number {
    const id = this.#nextWorker++;
    const line = {
      onmessage: null,
      postMessage: (request: unknown) => void this.#asked.set(id, request as ResolveRequest),
    };
    this.#lines.set(id, line);
    this.lane.join(id, line);
    return id;
  }

  ask(open: string, urgent = false): void {
    const request: ResolveRequest = { id: this.#nextRequest++, open, depth: "names", cache: null };
    this.lane.ask({ request, settle: (answer) => this.said.push(`${open} ${answer?.verdict.kind}`) }, {
      urgent,
    });
  }

  answer(worker: number): void {
    const { id = 0 } = this.#asked.get(worker) ?? {};
    const answer: ResolveAnswer = { id, verdict: { kind: "gone" }, fd: null };
    this.#lines.get(worker)?.onmessage?.(new MessageEvent("message", { data: answer }));
  }

  later(seconds: number): void {
    this.lane.check(performance.now() + seconds * SECOND);
  }
}

Deno.test("the first worker is started for the first file, serves one after the other, urgent ones first, and goes", () => {
  const office = new Office({ keep: 0 });
  office.ask("a");
  office.ask("b");
  office.ask("c", true);
  const worker = office.join();
  for (let i = 0; i < 3; i++) office.answer(worker);
  office.answer(worker);
  office.later(29);
  office.later(31);
  office.ask("d");
  deepEqual(office.said, ["hire", "c gone", "a gone", "b gone", `dismiss ${worker}`, "hire"]);
});

Deno.test("as many files at once as may be, without waiting; more wait", () => {
  const office = new Office({ keep: 0, atOnce: 2 });
  for (const file of ["a", "b", "c"]) office.ask(file);
  const [first, second] = [office.join(), office.join()];
  office.later(0.2);
  office.answer(second);
  office.answer(first);
  office.answer(second);
  deepEqual(office.said, ["hire", "hire", "b gone", "a gone", "c gone"]);
});

Deno.test("one that is kept is started at once and stays; who came to help goes", () => {
  const office = new Office({ keep: 1 });
  const first = office.join();
  office.ask("slow");
  office.ask("waits");
  office.later(0.2);
  office.later(0.4);
  office.later(0.5);
  const second = office.join();
  office.answer(second);
  office.answer(first);
  office.later(31);
  office.later(60);
  deepEqual(office.said, ["hire", "hire", "waits gone", "slow gone", `dismiss ${first}`]);
});

Deno.test("files that never answer are given up, and after eight workers all are", () => {
  const office = new Office({ keep: 0 });
  office.ask("stuck 1");
  for (let i = 1; i <= 8; i++) {
    office.join();
    office.ask(`stuck ${i + 1}`);
    office.later(19);
    office.later(21);
  }
  const given = office.said.filter((line) => line.endsWith("undefined"));
  deepEqual(given.length, 9);
  deepEqual(office.said.filter((line) => line === "hire").length, 8);
  office.ask("one more");
  deepEqual(office.said.at(-1), "one more undefined");
});

Deno.test("the file of a worker that broke is given up, and another worker takes the next", () => {
  const office = new Office({ keep: 1 });
  const worker = office.join();
  office.ask("breaks it");
  office.ask("next");
  office.lane.leave(worker);
  office.lane.leave(worker);
  const other = office.join();
  office.answer(other);
  deepEqual(office.said, ["hire", `dismiss ${worker}`, "breaks it undefined", "hire", "next gone"]);
});
