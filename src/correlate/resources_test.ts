import { deepEqual, equal } from "node:assert/strict";
import type { Sample } from "../capture/messages.ts";
import type { Draft, Event, Micros, ResourcesUsed } from "../event.ts";
import { Resources } from "./resources.ts";
import { Sessions } from "./sessions.ts";

const SECOND = 1_000_000;
const at = (time: number) => time as Micros;

/** A pipeline's last stages, driven by hand. */
class World {
  readonly sessions = new Sessions();
  readonly resources = new Resources(this.sessions);
  #now = 0;

  constructor() {
    this.resources.begin();
  }

  happens(...drafts: Draft[]): void {
    const events = drafts.map((d) => ({ seq: 0, session: this.sessions.of(d), ...d }) as Event);
    this.resources.observe(events);
  }

  /** A second later. */
  look(...list: Sample[]): Partial<ResourcesUsed>[] {
    this.#now += SECOND;
    return this.resources.looked({ list, last: true }, at(this.#now)).map(facts);
  }

  end(): Partial<ResourcesUsed>[] {
    return this.resources.changed(at(this.#now)).map(facts);
  }
}

function facts({ pid, processes, cpu_us, cpu_percent, rss_kb, read_bytes }: Draft<ResourcesUsed>) {
  return { pid, processes, cpu_us, cpu_percent, rss_kb, read_bytes };
}

const actor = (pid: number) => ({ pid, tid: pid, start: at(pid * SECOND), comm: "x", ts: at(0) });

function exec(pid: number, comm = "x"): Draft {
  return {
    kind: "process.exec",
    ...actor(pid),
    comm,
    ppid: 1,
    exe: "/x",
    argv: [],
    cwd: "/",
    uid: 0,
    gid: 0,
  };
}

function fork(parent: number, child: number): Draft {
  return { kind: "process.fork", ...actor(parent), ppid: 1, child, child_start: at(child * SECOND) };
}

function exit(pid: number, { ppid = 1, cpu_us = 0, read = 0 } = {}): Draft {
  return {
    kind: "process.exit",
    ...actor(pid),
    ppid,
    code: 0,
    duration_us: 1,
    rss_peak_kb: 1,
    cpu_us,
    read_bytes: read,
    written_bytes: 0,
  };
}

function sample(pid: number, { cpu_us = 0, rss = 100, read = 0, start = pid * SECOND } = {}): Sample {
  return {
    pid,
    start: at(start),
    threads: 1,
    cpu_us,
    rss_kb: rss,
    moved: { read_bytes: read, written_bytes: 0 },
  };
}

const one = { pid: 10, processes: 1, cpu_us: 0, cpu_percent: 0, rss_kb: 100, read_bytes: 0 };

Deno.test("processes of a tree are summed, and told by its root", () => {
  const world = new World();
  world.happens(exec(10), fork(10, 11));
  deepEqual(world.look(sample(10, { cpu_us: 50_000, read: 5 }), sample(11, { cpu_us: 10_000, read: 7 })), [
    { pid: 10, processes: 2, cpu_us: 60_000, cpu_percent: 0, rss_kb: 200, read_bytes: 12 },
  ]);
});

Deno.test("nothing is told twice; that it rests is told once", () => {
  const world = new World();
  world.happens(exec(10));
  deepEqual(world.look(sample(10)), [one]);
  deepEqual(world.look(sample(10)), []);
  const busy = { ...one, cpu_us: 500_000, cpu_percent: 50 };
  deepEqual(world.look(sample(10, { cpu_us: 500_000 })), [busy]);
  deepEqual(world.look(sample(10, { cpu_us: 500_000 })), [{ ...busy, cpu_percent: 0 }]);
  deepEqual(world.look(sample(10, { cpu_us: 500_000 })), []);
});

Deno.test("what ended processes used stays, as they said at their exit", () => {
  const world = new World();
  world.happens(exec(10), fork(10, 11));
  world.look(sample(10), sample(11, { cpu_us: 10_000, read: 7 }));
  world.happens(exit(11, { ppid: 10, cpu_us: 12_345, read: 9 }));
  deepEqual(world.look(sample(10)), [{ ...one, cpu_us: 12_345, cpu_percent: 0.2, read_bytes: 9 }]);
});

Deno.test("a process that lived between two looks counts", () => {
  const world = new World();
  world.happens(exec(10), fork(10, 11), exit(11, { ppid: 10, cpu_us: 700, read: 3 }));
  deepEqual(world.look(sample(10)), [{ ...one, cpu_us: 700, read_bytes: 3 }]);
});

Deno.test("bytes of a child that its parent waited for are counted once, through generations", () => {
  const world = new World();
  world.happens(exec(10), fork(10, 11), fork(11, 12), exit(12, { ppid: 11, read: 40 }));
  // The kernel's count of 11 holds those of 12, and later 10's those of both.
  deepEqual(world.look(sample(10), sample(11, { read: 41 }))[0]?.read_bytes, 41);
  world.happens(exit(11, { ppid: 10, read: 2 }));
  deepEqual(world.look(sample(10, { read: 42 + 100 }))[0]?.read_bytes, 142);
});

Deno.test("a tree that is over is told once more, and at the end of the trace", () => {
  const world = new World();
  world.happens(exec(10), exit(10, { cpu_us: 1000, read: 1 }));
  const over = { ...one, processes: 0, cpu_us: 1000, rss_kb: 0, read_bytes: 1 };
  deepEqual(world.end(), [over]);
  deepEqual(world.look(), []);
  deepEqual(world.end(), []);
});

Deno.test("an exit that was lost: gone from the count after two looks, its use stays", () => {
  const world = new World();
  world.happens(exec(10), fork(10, 11));
  world.look(sample(10), sample(11, { cpu_us: 10_000 }));
  const left = { ...one, cpu_us: 10_000 };
  deepEqual(world.look(sample(10)), [left]);
  deepEqual(world.look(sample(10)), []);
  deepEqual(world.look(sample(10, { rss: 101 })), [{ ...left, rss_kb: 101 }]);
});

Deno.test("an exit on its way is not counted twice", () => {
  const world = new World();
  world.happens(exec(10), fork(10, 11));
  world.look(sample(10), sample(11, { cpu_us: 10_000 }));
  world.look(sample(10));
  world.happens(exit(11, { ppid: 10, cpu_us: 15_000 }));
  deepEqual(world.look(sample(10))[0]?.cpu_us, 15_000);
});

Deno.test("a sample of another process with the same pid is not taken", () => {
  const world = new World();
  world.happens(exec(10));
  deepEqual(world.look(sample(10, { start: 11 * SECOND })), []);
  world.happens(exec(10));
  // /proc counts in ticks of 10 ms.
  deepEqual(world.look(sample(10, { start: 10 * SECOND - 9_999 })), [one]);
});

Deno.test("a look in parts is told at its end", () => {
  const world = new World();
  world.happens(exec(10), fork(10, 11));
  deepEqual(world.resources.looked({ list: [sample(10)], last: false }, at(1)), []);
  deepEqual(world.look(sample(11)), [{ ...one, processes: 2, rss_kb: 200 }]);
});

Deno.test("the root is called as its program is", () => {
  const world = new World();
  world.happens(exec(10, "sh"), exec(10, "node"));
  const [draft] = world.resources.looked({ list: [sample(10)], last: true }, at(1));
  equal(draft?.comm, "node");
});

Deno.test("without samples nothing is remembered", () => {
  const resources = new Resources({ member: () => undefined });
  resources.observe([{ seq: 1, session: "a-1", ...exec(10) } as Event]);
  deepEqual(resources.changed(at(1)), []);
});
