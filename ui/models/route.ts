/** The page's address: `#/calls`, `#/calls/<call id>`, `#/timeline`, `#/processes/<pid>-<start>`. */
export const TABS = ["calls", "timeline", "processes"] as const;
export type Tab = typeof TABS[number];

export interface Route {
  readonly tab: Tab;
  /** What is selected on that tab. */
  readonly item: string | null;
}

export function parseRoute(hash: string): Route {
  const [, name = "", item = ""] = /^#?\/?([^/]*)(?:\/(.*))?$/s.exec(hash) ?? [];
  const tab = TABS.find((tab) => tab === name) ?? "calls";
  return { tab, item: tab === name && item !== "" ? decode(item) : null };
}

export function routeHash(tab: Tab, item: string | null = null): string {
  return item === null ? `#/${tab}` : `#/${tab}/${encodeURIComponent(item)}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
