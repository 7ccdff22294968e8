/** A trading partner's way into a tenant and back, as the engine uses it; and what can go wrong on it. */
import type { Edi } from '../../domain/edi-channel.ts';
import { Failed, type Failure } from '../../domain/failure.ts';
import { type Document, decode } from '../../edi/index.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AnswerKind } from '../../scenario/documents.ts';
import type { CallOptions } from '../ports.ts';
import type { Letter } from './letter.ts';

export interface Way {
  /** What comes back by it. */
  readonly answers: readonly AnswerKind[];
  /**
   * Whether what is handed in waits there until the tenant takes it; otherwise all that is made of it is made when
   * `handIn` resolves.
   */
  readonly isQueue: boolean;
  /** Whether the letter is handed in on the page of the browser. */
  readonly isByHand: boolean;
  /** Milliseconds that the oldest document waits there for the tenant; undefined where none does. Rejects with Failed. */
  backlogAge(): Promise<number | undefined>;
  /** Several at once where it can. Rejects with Failed; fate `unknown` when an order may still be made of one. */
  handIn(letters: readonly Letter[]): Promise<void>;
  /** All that has come back so far; `orderId` is what the tenant made of the letter. Rejects with Failed. */
  collected(letter: Letter, orderId: number | undefined): Promise<readonly Document[]>;
  /** Whether the letter lies there still, untaken. Rejects with Failed. */
  isWaiting(letter: Letter): Promise<boolean>;
  /** Takes away the letter and its answers, where they are files of a channel. Rejects with Failed. */
  tidy(letter: Letter, call: CallOptions): Promise<void>;
  /** Never throws. */
  close(): Promise<void>;
}

/** The trading partner of one run. */
export interface Partner {
  readonly edi: Edi;
  readonly way: Way;
  /** Documents that are handed in at once. */
  readonly burst: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** By the clock that never jumps: what the partner waits for must be there by then. */
  readonly untilMs: number;
}

export const integration = (code: string, message: string): Failure => ({
  code: `edi.${code}`,
  blame: 'target',
  layer: 'integration',
  message,
});

/** The document in an answer. Throws Failed `edi.malformed-answer`. */
export function documentIn(what: string, bytes: Uint8Array): Document {
  const answer = decode(bytes);
  if (answer.kind === 'document') return answer.document;
  const { reason, where } = answer;
  throw new Failed(integration('malformed-answer', `${what} is ${reason}: ${where}`));
}
