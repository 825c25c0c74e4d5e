/** Long lists are drawn as far as they were scrolled. */
import { type Signal, useSignal } from "@preact/signals";

const STEP = 150;
/** How near the end, in pixels, the next step is drawn. */
const NEAR_PX = 600;

interface Growing {
  readonly limit: Signal<number>;
  readonly onScroll: (event: { readonly currentTarget: HTMLElement }) => void;
}

/** `most` is the length of the list. */
export function useGrowing(most: number): Growing {
  const limit = useSignal(STEP);
  return {
    limit,
    onScroll: ({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
      if (limit.peek() < most && scrollTop + clientHeight > scrollHeight - NEAR_PX) limit.value += STEP;
    },
  };
}
