/** A synthetic document that is still open in a tenant. */
import type { Limits } from './limits.ts';
import { isOverdue } from './limits.ts';
import type { ParsedMark } from './mark.ts';

export interface OpenDocument {
  readonly model: string;
  readonly id: number;
  /** The document's own name in Odoo, for example S00042. */
  readonly reference: string;
  readonly state: string;
  /** Absent on a document without a mark, for example an order auto-saved by a browser. */
  readonly mark?: ParsedMark;
  /** Epoch milliseconds of its creation in Odoo: what an unmarked document is judged by. */
  readonly createdMs: number;
  /** The sales order it hangs on, where it has one. */
  readonly orderId?: number;
}

/** A marked document is residue past its mark's deadline, an unmarked one past the longest run. */
export function isResidue(document: OpenDocument, limits: Limits, nowMs: number): boolean {
  const deadlineMs =
    document.mark?.deadlineMs ?? document.createdMs + limits.runMs + limits.compensationMs;
  return isOverdue(deadlineMs, limits, nowMs);
}
