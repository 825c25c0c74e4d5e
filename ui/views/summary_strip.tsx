/** The recording in one line of figures. */
import type { ComponentChildren } from "preact";
import type { App } from "../models/app.ts";
import { formatBytes, formatCost, formatCount, formatShort } from "../models/format.ts";
import type { Summary } from "../api.ts";
import { Icon } from "./icons.tsx";

export function SummaryStrip({ app }: { readonly app: App }) {
  const total = app.totals.summary.value;
  const of = (pick: (total: Summary) => number) => total === null ? null : pick(total);
  return (
    <dl class="strip" aria-label="Summary">
      <Figure name="Calls" note={troubles(total)}>{formatCount(of((t) => t.calls))}</Figure>
      <Figure name="Tokens in" note={cached(total)} exact={formatCount(of((t) => t.input_tokens))}>
        {formatShort(of((t) => t.input_tokens))}
      </Figure>
      <Figure name="Tokens out" exact={formatCount(of((t) => t.output_tokens))}>
        {formatShort(of((t) => t.output_tokens))}
      </Figure>
      <Figure name="Cost" note={unpriced(total)}>
        {formatCost(
          total !== null && total.calls > 0 && total.calls === total.unpriced_calls
            ? null
            : of((t) => t.cost_usd),
        )}
      </Figure>
      <Figure name="Processes">{formatCount(of((t) => t.processes))}</Figure>
      <Figure name="Files written">{formatCount(of((t) => t.files_written))}</Figure>
      <Figure name="Connections">{formatCount(of((t) => t.connections))}</Figure>
      <Lost total={total} />
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly note?: string | null;
  readonly exact?: string;
  readonly children: ComponentChildren;
}

function Figure({ name, note = null, exact, children }: FigureProps) {
  return (
    <div class="figure" title={exact}>
      <dt>{name}</dt>
      <dd>
        <span class="figure-value">{children}</span>
        {note !== null && <span class="figure-note">{note}</span>}
      </dd>
    </div>
  );
}

function Lost({ total }: { readonly total: Summary | null }) {
  const loss = (total?.loss ?? []).filter(({ count }) => count > 0);
  const write = ({ unit, count }: Summary["loss"][number]) =>
    unit === "bytes" ? formatBytes(count) : `${formatShort(count)} ${unit}`;
  const [first] = loss;
  if (first === undefined) return <Figure name="Lost">{total === null ? "–" : "0"}</Figure>;
  return (
    <div
      class="figure figure-lost"
      title={loss.map((one) => `${one.class}, ${one.reason}: ${write(one)}`).join("\n")}
    >
      <dt>Lost</dt>
      <dd>
        <span class="figure-value">
          <Icon name="warning" />
          {write(first)}
        </span>
        <span class="figure-note">{loss.length > 1 ? `+ ${loss.length - 1} more` : first.class}</span>
      </dd>
    </div>
  );
}

function troubles(total: Summary | null): string | null {
  if (total === null) return null;
  const parts = [
    ...(total.failed_calls > 0 ? [`${formatCount(total.failed_calls)} failed`] : []),
    ...(total.incomplete_calls > 0 ? [`${formatCount(total.incomplete_calls)} partial`] : []),
  ];
  return parts.length === 0 ? null : parts.join(", ");
}

function cached(total: Summary | null): string | null {
  if (total === null || total.cache_read_tokens === 0) return null;
  return `${formatShort(total.cache_read_tokens)} cached`;
}

function unpriced(total: Summary | null): string | null {
  if (total === null || total.unpriced_calls === 0) return null;
  return `+ ${formatCount(total.unpriced_calls)} unpriced`;
}
