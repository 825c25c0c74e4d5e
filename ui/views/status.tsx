/** How a call ended. */
import type { CallRow } from "../api.ts";
import { Icon } from "./icons.tsx";

export function CallStatus({ row }: { readonly row: CallRow | null }) {
  if (row === null) {
    return (
      <span class="status status-live">
        <Icon name="live" />Live
      </span>
    );
  }
  if (row.error !== null || (row.status !== null && row.status >= 400)) {
    return (
      <span class="status status-error">
        <Icon name="error" />
        {(row.status ?? 0) >= 400 ? row.status : "Error"}
      </span>
    );
  }
  if (!row.complete || row.gaps > 0) {
    return (
      <span class="status status-partial">
        <Icon name="partial" />Partial
      </span>
    );
  }
  return (
    <span class="status status-ok">
      <Icon name="ok" />OK
    </span>
  );
}
