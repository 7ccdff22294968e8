/** What every undo works with: the one way to write, and the list of what was done. */
import { Failed } from '../../domain/failure.ts';
import type { CompensationAction } from '../../domain/report.ts';
import type { OdooValues } from '../../scenario/index.ts';
import type { Access } from '../access.ts';

/** Writes for an undo and keeps the list of what was done. */
export class Undo {
  readonly actions: CompensationAction[] = [];
  readonly access: Access;

  constructor(access: Access) {
    this.access = access;
  }

  /** Calls a method on one record; throws what Odoo answers after noting it. */
  async act(model: string, method: string, id: number, context: OdooValues = {}): Promise<void> {
    const action = `${model}.${method}`;
    try {
      await this.access.write(model, method, [[id]], context);
      this.actions.push({ action, model, id, outcome: 'done' });
    } catch (error) {
      const message = error instanceof Failed ? error.failure.message : 'interrupted';
      this.actions.push({ action, model, id, outcome: 'failed', message });
      throw error;
    }
  }
}

export interface OrderToUndo {
  readonly id: number;
  readonly state: string | undefined;
  readonly locked: boolean;
  readonly client_order_ref: string | undefined;
  readonly invoice_ids: readonly number[];
}
