/** Which agent's tree is shown, on every tab; with one there is nothing to choose. */
import type { App } from "../models/app.ts";
import { formatArgv, formatDate } from "../models/format.ts";

export function SessionSelect({ app }: { readonly app: App }) {
  const choices = app.sessions.value;
  if (choices.length < 2 && app.session.value === null) return null;
  return (
    <label class="session">
      <span class="quiet">Session</span>
      <select
        value={app.session.value ?? ""}
        onChange={({ currentTarget: { value } }) =>
          app.chooseSession(choices.find(({ id }) => id === value)?.id ?? null)}
      >
        <option value="">All sessions ({choices.length})</option>
        {choices.map(({ id, start, pid, comm, argv }) => (
          <option key={id} value={id}>
            {(argv.length > 0 ? formatArgv(argv) : comm).slice(0, 60)} · pid {pid} · {formatDate(start)}
          </option>
        ))}
      </select>
    </label>
  );
}
