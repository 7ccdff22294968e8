/** What can be wrong with a document that answers an order. */
import { isSameAmount } from './decimal.ts';

export type MatchCode =
  | 'wrong-partner'
  | 'wrong-product'
  | 'wrong-quantity'
  | 'wrong-price'
  | 'wrong-total'
  | 'missing-line'
  | 'extra-line'
  | 'wrong-reference'
  | 'mixed-up-control-numbers'
  | 'duplicate-acknowledgement'
  | 'rejected-acknowledgement'
  | 'rejected-order';

export interface MatchFinding {
  readonly code: MatchCode;
  /** The document and the field or the line of the order: `invoice INV/1: line 2`. */
  readonly where: string;
  /** Absent where the order says nothing about it. */
  readonly expected?: string;
  readonly actual?: string;
}

/** A finding, or none where both agree or one of them is not said. */
export function differing(
  code: MatchCode,
  where: string,
  expected?: string,
  actual?: string,
): readonly MatchFinding[] {
  if (expected === undefined || actual === undefined || expected === actual) return [];
  return [{ code, where, expected, actual }];
}

export function differingAmount(
  code: MatchCode,
  where: string,
  expected?: string,
  actual?: string,
): readonly MatchFinding[] {
  const isSame = expected === undefined || actual === undefined || isSameAmount(expected, actual);
  return isSame ? [] : differing(code, where, expected, actual);
}
