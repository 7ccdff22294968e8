/** The port that every way to people implements. */
import type { Notice } from './notice.ts';

export interface Sink {
  /** Of a few, bounded by the configuration: it is a label of a metric. */
  readonly name: string;
  /** What fires is sent again after so long, for those that forget; once only when absent. */
  readonly resendMs?: number;
  /** So many notices at once, at most. */
  readonly most: number;
  /** Rejects with Refused when trying again is of no use, with anything else when it may be. */
  send(notices: readonly Notice[], signal: AbortSignal): Promise<void>;
}

/** Thrown by a sink that will not take a notice however often it is sent. */
export class Refused extends Error {
  override readonly name = 'Refused';
}
