/**
 * The path from captured bytes to events, stage by stage:
 * decode → reassemble and interpret → redact → correlate.
 *
 * Needs no root and no clock: a recorded stream of rounds gives the same events as the live one did.
 */
import { Coverage } from "./capture/coverage.ts";
import { ControlDecoder } from "./capture/decode_control.ts";
import { PayloadDecoder } from "./capture/decode_payload.ts";
import type { CaptureLevel, Loss, Round } from "./capture/messages.ts";
import { Fold } from "./correlate/fold.ts";
import { Hosts } from "./correlate/hosts.ts";
import { Resources } from "./correlate/resources.ts";
import { Sessions } from "./correlate/sessions.ts";
import type { Draft, Event, Micros } from "./event.ts";
import { Interpreter } from "./interpreter.ts";
import type { StreamRecord } from "./protocol/stream_record.ts";
import { Redactor } from "./redact/redactor.ts";

export interface PipelineOptions {
  readonly boot: number;
  readonly level: CaptureLevel;
  readonly fold: "none" | "auto";
}

export class Pipeline {
  readonly #level: CaptureLevel;
  readonly #control: ControlDecoder;
  readonly #payload: PayloadDecoder;
  readonly #coverage = new Coverage();
  readonly #interpreter = new Interpreter();
  readonly #fold: Fold | null;
  readonly #redactor: Redactor;
  readonly #sessions = new Sessions();
  readonly #hosts = new Hosts();
  readonly #resources = new Resources(this.#sessions);
  #seq = 0;
  #now = 0 as Micros;
  #unredacted = 0;

  constructor({ boot, level, fold }: PipelineOptions) {
    this.#level = level;
    this.#control = new ControlDecoder(boot);
    this.#payload = new PayloadDecoder(boot);
    this.#fold = fold === "auto" ? new Fold() : null;
    this.#redactor = new Redactor({ level: level === "off" ? "redacted" : level });
  }

  /** Events of one round. Rounds are given one after the other. */
  async push(round: Round): Promise<Event[]> {
    this.#now = round.now;
    if (round.samples) this.#resources.begin();
    const facts: Draft[] = [...round.drafts];
    if (round.control) this.#control.decode(round.control, facts);
    this.#coverage.observe(facts);
    this.#coverage.hooked(round.libraries);

    const records: StreamRecord[] = [];
    if (round.payload && this.#level !== "off") this.#payload.decode(round.payload, records);
    const drafts = [
      ...facts,
      ...this.#coverage.used(records),
      ...this.#interpreter.push(records),
      ...this.#interpreter.flush(this.#now, { final: false }),
      ...this.#coverage.spoke(this.#interpreter.takeSpoken(), this.#now),
    ];
    for (const { headers } of this.#interpreter.takeAsked()) {
      this.#redactor.learn(Object.fromEntries(headers));
    }
    const events = await this.#finish(drafts, round.losses, { final: false });
    return round.samples
      ? [...events, ...this.#number(this.#resources.looked(round.samples, this.#now))]
      : events;
  }

  /** Hooked libraries that gave no plain text, since the last call: their hooks are to be taken off. */
  takeRejected(): number[] {
    return this.#coverage.takeRejected();
  }

  /** What was in flight: unfinished calls, open counts. */
  async end(): Promise<Event[]> {
    const events = await this.#finish(this.#interpreter.flush(this.#now, { final: true }), [], {
      final: true,
    });
    return [...events, ...this.#number(this.#resources.changed(this.#now))];
  }

  async #finish(
    drafts: readonly Draft[],
    losses: readonly Loss[],
    { final }: { final: boolean },
  ): Promise<Event[]> {
    const until = final ? Infinity as Micros : this.#now;
    const folded = this.#fold ? [...this.#fold.push(drafts), ...this.#fold.flush(until)] : drafts;
    // Facts and plain text come from two rings: within a round they are told in the order they happened.
    const inOrder = folded.toSorted((a, b) => a.ts - b.ts);
    const clean = await this.#redactor.redact(inOrder);
    const all = [...clean, ...this.#losses(losses).map((loss) => lossDraft(loss, this.#now))];
    const events = this.#number(all);
    this.#resources.observe(events);
    return events;
  }

  #number(drafts: readonly Draft[]): Event[] {
    const events: Event[] = [];
    for (const draft of drafts) {
      const session = this.#sessions.of(draft);
      for (const named of this.#hosts.name(draft, session)) {
        const { ts, kind } = named;
        // What is said first stays first. Taking the rest apart would cost twice as much.
        events.push(Object.assign({ seq: ++this.#seq, ts, kind, session }, named) as Event);
      }
    }
    return events;
  }

  /** Every stage's own losses, beside the kernel's. */
  #losses(kernel: readonly Loss[]): Loss[] {
    const own: Loss[] = [...kernel, ...this.#control.takeLosses(), ...this.#interpreter.takeLosses()];
    const malformed = this.#control.takeMalformed() + this.#payload.takeMalformed();
    if (malformed > 0) own.push({ class: "record", reason: "malformed", unit: "events", count: malformed });
    const unredacted = this.#redactor.failures - this.#unredacted;
    this.#unredacted = this.#redactor.failures;
    if (unredacted > 0) {
      own.push({ class: "text", reason: "could not be redacted", unit: "events", count: unredacted });
    }
    return own;
  }
}

function lossDraft(loss: Loss, ts: Micros): Draft {
  return { kind: "loss", ts, pid: 0, tid: 0, start: 0 as Micros, comm: "", ...loss };
}
