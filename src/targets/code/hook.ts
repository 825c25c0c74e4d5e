/** A found function as a place to hook, with the sentence that lets a human check it. */
import { hex } from "../hex.ts";
import type { HookPoint } from "../target.ts";
import type { Analysis } from "./analysis.ts";
import type { Walk } from "./walk.ts";

export interface Found {
  readonly hook: HookPoint;
  readonly evidence: string;
}

export interface Role {
  readonly name: string;
  readonly function: number;
  readonly when: HookPoint["when"];
}

export function found(analysis: Analysis, walk: Walk, { role, why }: { role: Role; why: string }): Found {
  const { called, unwound, separate } = analysis.entries.signs(walk.entry);
  const signs = [
    ...(called ? ["called"] : []),
    ...(unwound ? ["in the unwind table"] : []),
    ...(separate ? ["behind padding or an end"] : []),
    "stack balanced at every return",
  ];
  const offset = analysis.fileOffset(walk.entry);
  return {
    hook: { name: role.name, function: role.function, offset, when: role.when },
    evidence: `${role.name} begins at ${hex(walk.entry)}, file offset ${hex(offset)} (${
      signs.join(", ")
    }): ${why}`,
  };
}
