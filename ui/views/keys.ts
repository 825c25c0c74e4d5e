/** Keys of the page. Single letters do nothing while a text is being typed. */
import type { App } from "../models/app.ts";
import { routeHash, TABS } from "../models/route.ts";

export function listenForKeys(app: App): void {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const typing = event.target instanceof Element &&
      event.target.closest("input, select, textarea") !== null;
    if (event.key === "Escape") return leave(app, typing);
    if (typing) return;
    const tab = TABS[Number(event.key) - 1];
    if (tab !== undefined) {
      location.hash = routeHash(tab);
    } else if (event.key === "/") {
      const input = document.getElementById("search");
      if (input === null) return;
      event.preventDefault();
      input.focus();
    } else if (event.key === "ArrowDown" || event.key === "j") {
      moveInList(event, 1);
    } else if (event.key === "ArrowUp" || event.key === "k") {
      moveInList(event, -1);
    }
  });
}

/** The first Escape leaves the text field, the next one the selected item. */
function leave(app: App, typing: boolean): void {
  if (typing && document.activeElement instanceof HTMLElement) return document.activeElement.blur();
  const { tab, item } = app.route.peek();
  if (item !== null) location.hash = routeHash(tab);
}

/** Rows of a list are links; the arrow keys move between them. */
function moveInList(event: KeyboardEvent, step: number): void {
  const list = document.querySelector("[data-keys=list]");
  if (list === null || (event.target instanceof Element && event.target.closest(".detail-pane") !== null)) {
    return;
  }
  const links = [...list.querySelectorAll<HTMLElement>(".call a")];
  const at = links.findIndex((link) => link === document.activeElement);
  const next = links[at === -1 ? 0 : at + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
