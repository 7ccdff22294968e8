/** What reading a document can answer, the limits it keeps, and the one exception that stays inside this room. */
import type { EdiSyntax as Syntax } from '../domain/edi-channel.ts';
import type { Document } from './document.ts';

export { type EdiSyntax as Syntax, ediSyntaxes as syntaxes } from '../domain/edi-channel.ts';

/**
 * `unsupported` is a document that may be right and is not one of ours: another version, another message, several
 * messages in one interchange.
 */
export type MalformedReason =
  | 'too-large'
  | 'too-deep'
  | 'too-many-parts'
  | 'unknown-syntax'
  | 'wrong-encoding'
  | 'doctype'
  | 'not-well-formed'
  | 'truncated'
  | 'wrong-count'
  | 'wrong-control-number'
  | 'unsupported'
  | 'missing'
  | 'invalid';

export interface Malformed {
  readonly kind: 'malformed';
  readonly reason: MalformedReason;
  /** A line and column, a segment or a field, for people; never more than 200 characters. */
  readonly where: string;
}

export type Decoded =
  | { readonly kind: 'document'; readonly syntax: Syntax; readonly document: Document }
  | Malformed;

export interface DecodeLimits {
  readonly bytes: number;
  /** Nested XML elements. */
  readonly depth: number;
  /** XML elements and attributes, or EDI components: what bounds the memory that reading takes. */
  readonly parts: number;
}

export const decodeLimits: DecodeLimits = { bytes: 50 * 1024 * 1024, depth: 32, parts: 500_000 };

const LONGEST_WHERE = 200;

/** Thrown by the readers of this room; any other exception is a mistake of ours and stays one. */
export class Unreadable extends Error {
  readonly reason: MalformedReason;
  readonly where: string;

  constructor(reason: MalformedReason, where: string) {
    super(`${reason}: ${where}`);
    this.reason = reason;
    this.where = where.slice(0, LONGEST_WHERE).toWellFormed();
  }
}

/** Runs a reader and makes data of what it throws. */
export function caught<Answer>(read: () => Answer): Answer | Malformed {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { kind: 'malformed', reason: error.reason, where: error.where };
  }
}
