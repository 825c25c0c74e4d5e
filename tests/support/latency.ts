/** From an event's own time to its text on the screen, measured in the page. */
import type { Page } from "playwright-core";

/**
 * Listens beside the page's own stream for when deltas happened, and watches the open live answer for when their
 * text was there. Both clocks are this machine's.
 */
export async function recordLatency(page: Page): Promise<void> {
  await page.evaluate(`{
    const record = window.latencyRecord = { deltas: [], shown: [] };
    const sums = new Map();
    new EventSource("/api/stream").addEventListener("llm.delta", ({ data }) => {
      const { id, ts, text } = JSON.parse(data);
      const length = (sums.get(id) ?? 0) + text.length;
      sums.set(id, length);
      record.deltas.push({ id, at: ts / 1000, length });
    });
    new MutationObserver(() => {
      const text = document.querySelector(".detail-pane pre.caret")?.textContent;
      if (text) record.shown.push({ id: decodeURIComponent(location.hash.split("/").at(-1)), at: Date.now(), length: text.length });
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  }`);
}

/** Milliseconds, one for each delta that came while its answer was open. */
export async function latencies(page: Page): Promise<number[]> {
  return await page.evaluate<number[]>(`{
    const { deltas, shown } = window.latencyRecord;
    deltas.flatMap(({ id, at, length }) => {
      const own = shown.filter((one) => one.id === id);
      const before = own[0] === undefined || length <= own[0].length;
      const first = own.find((one) => one.length >= length);
      return before || first === undefined ? [] : [first.at - at];
    });
  }`);
}
