/** One compressed stream, decoded step by step: what all formats have in common. */

export interface Step {
  /** Decoded bytes; only valid until the next step. */
  readonly out: Uint8Array;
  /** How many bytes of the input were taken. */
  readonly used: number;
  readonly state:
    /** All input is taken and everything it stands for was given out. */
    | "hungry"
    /** There is more to decode without new input. */
    | "full"
    /** The stream is over; what is left of the input does not belong to it. */
    | "ended"
    /** Not of this format from here on. */
    | "broken";
}

/** Never throws. Nothing may be asked of it after `close`. */
export interface Inflater {
  /** Decodes `bytes` from `from` on, as far as one output buffer goes. */
  step(bytes: Uint8Array, from: number): Step;
  /** Lets go of its memory. */
  close(): void;
}

/** Of one step. Larger buffers make nothing faster; every open stream has one. */
export const OUTPUT_SIZE = 32_768;

export const NOTHING = new Uint8Array(0);
