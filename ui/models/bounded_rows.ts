/** Rows newest first, each once, at most `max`. */
export interface Row {
  readonly seq: number;
}

/** `added` wins over a row of the same number; the oldest rows beyond `max` are left out. */
export function mergeNewest<R extends Row>(
  rows: readonly R[],
  added: readonly R[],
  max: number,
): readonly R[] {
  if (added.length === 0) return rows;
  const bySeq = new Map<number, R>();
  for (const row of rows) bySeq.set(row.seq, row);
  for (const row of added) bySeq.set(row.seq, row);
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq).slice(0, max);
}
