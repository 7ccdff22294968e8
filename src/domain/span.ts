/** A stretch of time: `[fromMs, toMs)`, epoch milliseconds. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** In order, and those that touch as one. */
export function apart(spans: readonly Span[]): readonly Span[] {
  const all: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = all.at(-1);
    if (last === undefined || last.toMs < span.fromMs) all.push(span);
    else all[all.length - 1] = { ...last, toMs: Math.max(last.toMs, span.toMs) };
  }
  return all;
}
