/** Which program goes where, for the hook points of one library. */
import type { HookPoint } from "../targets/target.ts";
import { TlsFunction } from "./layout.gen.ts";

/** The low byte of a cookie says what the function does, the rest which library it belongs to. */
const FUNCTION_BITS = 256;

const aead: ReadonlySet<number> = new Set([
  TlsFunction.AEAD_SEAL,
  TlsFunction.AEAD_SEAL_SCATTER,
  TlsFunction.AEAD_OPEN,
  TlsFunction.AEAD_OPEN_GATHER,
  TlsFunction.RING_SEAL,
  TlsFunction.RING_OPEN,
]);

export interface Attachment {
  readonly program: string;
  /** As a return probe, which replaces the return address; a return instruction is a place like any other. */
  readonly onReturn: boolean;
  readonly places: readonly { readonly offset: number; readonly cookie: number }[];
}

/** Returns come first: an entry without its return would be remembered for nothing. */
export function attachments(library: number, hooks: readonly HookPoint[]): Attachment[] {
  const family = (hook: HookPoint) => aead.has(hook.function) ? "on_aead" : "on";
  const place = (hook: HookPoint, offset: number) => ({
    offset,
    cookie: library * FUNCTION_BITS + hook.function,
  });
  return ["on", "on_aead"].flatMap((name) => {
    const own = hooks.filter((hook) => family(hook) === name);
    const returning = own.filter(({ when }) => when !== "entry");
    return [
      {
        program: `${name}_return`,
        onReturn: false,
        places: returning.flatMap((hook) => (hook.returns ?? []).map((offset) => place(hook, offset))),
      },
      {
        program: `${name}_return`,
        onReturn: true,
        places: returning.filter(({ returns }) => !returns).map((hook) => place(hook, hook.offset)),
      },
      {
        program: `${name}_enter`,
        onReturn: false,
        places: own.filter(({ when }) => when !== "return").map((hook) => place(hook, hook.offset)),
      },
    ];
  }).filter(({ places }) => places.length > 0);
}
