/** Links to the calls that the selected one is tied to. */
import type { ComponentChildren } from "preact";
import type { CallRow } from "../api.ts";
import type { CallRelations, Related } from "../models/call_relations.ts";
import { formatClock, plural } from "../models/format.ts";
import { routeHash } from "../models/route.ts";
import { CallStatus } from "./status.tsx";

/** A failed call may have been repeated for hours. */
const SHOWN = 8;

interface CallRelationsProps {
  readonly id: string;
  readonly relations: CallRelations;
  /** Messages that are new since the call that this one continues. */
  readonly appended: number | null;
}

export function CallRelationsView({ id, relations, appended }: CallRelationsProps) {
  const { continues, continuedBy, repeats, repeatedBy, thread } = relations;
  const at = thread.findIndex((row) => row.id === id);
  const none = continues === null && continuedBy.length === 0 && repeats === null && repeatedBy.length === 0;
  if (none && thread.length < 2) return null;
  return (
    <dl class="relations" aria-label="Related calls">
      {repeats !== null && <Relation name="Repeats the failed">{one(repeats)}</Relation>}
      {repeatedBy.length > 0 && <Relation name="Repeated by">{many(repeatedBy)}</Relation>}
      {continues !== null && (
        <Relation name="Continues">
          {one(continues)} {appended !== null && <small>with {plural(appended, "new message")}</small>}
        </Relation>
      )}
      {continuedBy.length > 0 && <Relation name="Continued by">{many(continuedBy)}</Relation>}
      {thread.length > 1 && at >= 0 && (
        <Relation name="Thread">call {at + 1} of {thread.length} that are loaded</Relation>
      )}
    </dl>
  );
}

function Relation({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function one({ id, row }: Related) {
  return row === null ? <a href={routeHash("calls", id)}>call {id}</a> : <CallLink row={row} />;
}

function many(rows: readonly CallRow[]) {
  return (
    <>
      {rows.slice(0, SHOWN).map((row) => <CallLink key={row.id} row={row} />)}
      {rows.length > SHOWN && <small>and {rows.length - SHOWN} more</small>}
    </>
  );
}

function CallLink({ row }: { readonly row: CallRow }) {
  return (
    <a class="relation" href={routeHash("calls", row.id)}>
      call of {formatClock(row.ts)} <CallStatus row={row} />
    </a>
  );
}
