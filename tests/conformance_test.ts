/**
 * Every operation of the event contract, by a program that performs each with known arguments and errors, against what
 * strace saw of the very same run.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Event } from "../src/event.ts";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { build } from "./support/asker_world.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { compare } from "./support/conformance.ts";
import { differentTotals } from "./support/conformance_totals.ts";
import { ownCredentials } from "./support/strace_credentials.ts";
import { parseStrace } from "./support/strace_log.ts";
import { expectedEvents } from "./support/strace_story.ts";

/** To look at what differs: a directory that gets the program, the log and the events, and keeps them. */
const kept = Deno.env.get("CONFORMANCE_KEPT");
const programs = join(import.meta.dirname!, "support/programs");
/** Names and descriptors as bytes, structures whole, pids of other namespaces as ours; arguments of 64 KiB. */
const strace = ["strace", "-f", "-q", "-ttt", "-a", "0", "-yy", "-xx", "-s", "131072"];
const whole = ["-e", "abbrev=none", "--decode-pids=pidns"];
const parts = ["opens", "names", "traffic", "descriptors", "properties", "mappings"];
const more = ["processes", "threads", "programs", "rights", "dealings", "connections", "datagrams"];

/** The program makes the system calls that only this numbering has. */
const test = Deno.build.arch === "x86_64" ? bpfTest : Deno.test.ignore;

test("every operation of a program is an event, as strace saw it", async (t) => {
  await using world = await World.build();
  const { events, log } = await world.run("none");
  const processes = expectedEvents(parseStrace(log), { cwd: world.home, credentials: ownCredentials() });
  const { matched, missing, invented, different } = compare(events, processes);
  await t.step("each is there", () => assert.deepEqual(missing, []));
  await t.step("no other is", () => assert.deepEqual(invented, []));
  await t.step("each is what strace says", () => assert.deepEqual(different, []));
  assert.ok(matched > 1000, `${matched} events`);
  assert.deepEqual(ofKind(events, "loss"), []);
});

test("folding leaves the sums of a program's events as they are", async () => {
  await using world = await World.build();
  const { events, log } = await world.run("auto");
  const processes = expectedEvents(parseStrace(log), { cwd: world.home, credentials: ownCredentials() });
  assert.deepEqual(differentTotals(events, processes), []);
  assert.ok(events.some((event) => (event.count ?? 1) > 1));
});

class World implements AsyncDisposable {
  private constructor(readonly directory: string) {}

  get home(): string {
    return join(this.directory, "home");
  }

  static async build(): Promise<World> {
    const world = new World(
      Deno.realPathSync(kept ?? Deno.makeTempDirSync({ prefix: "agentsight-conformance-" })),
    );
    const sources = [...Deno.readDirSync(programs)].map(({ name }) => name)
      .filter((name) => /^conformance.*\.c$/.test(name) && !/_(step|legacy)\.c$/.test(name));
    const paths = sources.toSorted().map((name) => join(programs, name));
    await build(["gcc", "-O1", "-w", "-pthread", "-o", join(world.directory, "conformance"), ...paths]);
    for (const name of ["step", "legacy"]) {
      const source = join(programs, `conformance_${name}.c`);
      await build(["gcc", "-O1", "-static", "-no-pie", "-o", join(world.directory, name), source]);
    }
    return world;
  }

  /** In a home of its own, which stays until the next. */
  async run(fold: "none" | "auto"): Promise<{ events: readonly Event[]; log: string }> {
    await this.#clear();
    Deno.mkdirSync(this.home);
    for (const name of ["step", "legacy"]) {
      Deno.copyFileSync(join(this.directory, name), join(this.home, name));
    }
    const log = join(this.directory, `${fold}.strace`);
    const command = [...strace, ...whole, "-o", log, join(this.directory, "conformance"), ...parts, ...more];
    const trace = [
      "trace",
      "--json",
      "--fold",
      fold,
      "--no-server",
      "--no-store",
      "--strict",
      "--",
      ...command,
    ];
    const { code, events, stderr } = await agentsight(trace, { cwd: this.home });
    if (kept) {
      const lines = events.map((event) => JSON.stringify(event));
      Deno.writeTextFileSync(join(this.directory, `${fold}.json`), lines.join("\n"));
    }
    assert.equal(code, 0, stderr);
    return { events, log: Deno.readTextFileSync(log) };
  }

  async #clear(): Promise<void> {
    await Deno.remove(this.home, { recursive: true }).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!kept) await Deno.remove(this.directory, { recursive: true });
  }
}
