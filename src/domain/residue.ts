/** What runs may leave in a tenant: a synthetic document still open, or books that do not balance. */
import { type AnyMark, runHashIn } from './any-mark.ts';
import type { RunHash } from './ids.ts';
import type { Limits } from './limits.ts';
import { isOverdue } from './limits.ts';

export interface OpenDocument {
  readonly model: string;
  readonly id: number;
  /** The document's own name in Odoo, for example S00042. */
  readonly reference: string;
  readonly state: string;
  /** Absent on a document without a mark, for example an order auto-saved by a browser. */
  readonly mark?: AnyMark;
  /** Epoch milliseconds of its creation in Odoo: what an unmarked document is judged by. */
  readonly createdMs: number;
  /** The sales order it hangs on, where it has one. */
  readonly orderId?: number;
}

/** The runs whose marks these documents carry. */
export const runsOf = (documents: readonly OpenDocument[]): ReadonlySet<RunHash> =>
  new Set(documents.flatMap(({ mark }) => (mark === undefined ? [] : runHashIn(mark))));

/** A marked document is residue past its mark's deadline, an unmarked one past the longest run. */
export function isResidue(document: OpenDocument, limits: Limits, nowMs: number): boolean {
  const deadlineMs =
    document.mark?.deadlineMs ?? document.createdMs + limits.runMs + limits.compensationMs;
  return isOverdue(deadlineMs, limits, nowMs);
}

/** What the synthetic company's shelves and books say. */
export interface Books extends Balance {
  /** Units of the product that nobody holds; absent where there is none, or lots are asked for. */
  readonly free?: number;
}

/** All of it is zero while no document is open. */
interface Balance {
  /** Units held by reservations. */
  readonly reserved: number;
  /** Units between the shelves and the customer: packed, or put out. */
  readonly onTheWay: number;
  /** Units that went to customers and did not come back. */
  readonly atCustomers: number;
  /** What customers owe, in the company's currency. */
  readonly owed: number;
}

const WORDS: Readonly<Record<keyof Balance, string>> = {
  reserved: 'reserved',
  onTheWay: 'on the way to the customer',
  atCustomers: 'with customers',
  owed: 'owed by customers',
};

/** Every entry that must be zero and is not, in words: `4 reserved`; none of books that were not judged. */
export function imbalances(books: Books | undefined): readonly string[] {
  if (books === undefined) return [];
  const names = Object.keys(WORDS) as readonly (keyof Balance)[];
  return names.flatMap((name) => (books[name] === 0 ? [] : `${books[name]} ${WORDS[name]}`));
}
