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
    await this.#note({ action: `${model}.${method}`, model, id }, () =>
      this.access.write(model, method, [[id]], context),
    );
  }

  async write(model: string, id: number, values: OdooValues): Promise<void> {
    await this.#note({ action: `${model}.write`, model, id }, () =>
      this.access.write(model, 'write', [[id], values]),
    );
  }

  /**
   * Under contention Odoo can leave reservations that no move holds, and then goods that cannot be moved. It clears
   * them when somebody opens its inventory. It is noted on the record that asked for it.
   */
  async clearReservations(model: string, id: number): Promise<void> {
    const action = 'stock.quant.action_view_inventory';
    await this.#note({ action, model, id }, () =>
      this.access.write('stock.quant', 'action_view_inventory', []),
    );
  }

  async #note(
    action: Omit<CompensationAction, 'outcome'>,
    work: () => Promise<unknown>,
  ): Promise<void> {
    try {
      await work();
      this.actions.push({ ...action, outcome: 'done' });
    } catch (error) {
      const message = error instanceof Failed ? error.failure.message : 'interrupted';
      this.actions.push({ ...action, outcome: 'failed', message });
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
