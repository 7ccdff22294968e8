/** A stretch of time: `[fromMs, toMs)`, epoch milliseconds. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}
