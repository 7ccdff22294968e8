/** What may be different in a tenant, or happen in it, and must not disturb a scenario that it touches. */
import type { Scenario } from '../../src/scenario/index.ts';
import type { Changes } from './changes.ts';

export interface Variant {
  readonly name: string;
  readonly touches: (scenario: Scenario) => boolean;
  /** Made before the run. */
  readonly change?: (changes: Changes) => Promise<void>;
  /** Made when the transaction is done and its undo is about to begin. */
  readonly beforeUndo?: (changes: Changes) => Promise<void>;
  /** The tenant cannot be reached from there on: only a sweep can undo. */
  readonly downBeforeUndo?: true;
  /** An action that the undo must have taken then. */
  readonly undo?: string;
}

const LOCK = 'group_auto_done_setting';

const any = (): boolean => true;
const writes = ({ consent }: Scenario): boolean => consent !== 'read-only';
const posts = ({ needs }: Scenario): boolean => needs.conditions?.includes('posting') === true;
const moves = ({ needs }: Scenario): boolean => needs.conditions?.includes('stock') === true;

export const variants: readonly Variant[] = [
  { name: 'as provisioned', touches: any },
  { name: 'tracked by lot', touches: moves, change: (changes) => changes.track('lot') },
  { name: 'tracked by serial', touches: moves, change: (changes) => changes.track('serial') },
  {
    name: 'confirmed orders are locked',
    touches: writes,
    change: async (changes) => {
      const [user, lock] = [
        await groupId(changes, 'base', 'group_user'),
        await groupId(changes, 'sale', LOCK),
      ];
      await changes.write('res.groups', user, { implied_ids: [[4, lock]] });
    },
    undo: 'sale.order.action_unlock',
  },
  {
    name: 'delivered quantities are invoiced',
    touches: posts,
    change: async (changes) => {
      const { templateId } = await changes.product();
      await changes.write('product.template', templateId, { invoice_policy: 'delivery' });
    },
    undo: 'stock.picking.button_validate',
  },
  {
    name: 'prices include tax',
    // By UBL Odoo imports such a price as a net one: `edi-exchange` is skipped there, which its own test shows.
    touches: (scenario) => writes(scenario) && scenario.id !== 'edi-exchange',
    change: async (changes) => {
      const { templateId } = await changes.product();
      const values = {
        name: `Included ${Date.now()}`,
        amount: 20,
        amount_type: 'percent',
        type_tax_use: 'sale',
        price_include_override: 'tax_included',
        company_id: changes.companyId,
      };
      const tax = await changes.create('account.tax', values, { active: false });
      await changes.write('product.template', templateId, { taxes_id: [[6, 0, [tax]]] });
    },
  },
  {
    name: 'the journal is locked by hash',
    touches: posts,
    change: async (changes) => {
      const code = `H${Date.now().toString(36).slice(-4)}`.toUpperCase();
      const values = { name: `Locked ${code}`, code, type: 'sale', sequence: 0 };
      const locked = { ...values, restrict_mode_hash_table: true };
      await changes.create('account.journal', locked, { active: false });
    },
    undo: 'account.move.reversal.refund_moves',
  },
  {
    // As at midnight of a month's last day, when the day of the invoice is closed before it is undone.
    name: 'the period is locked before the undo',
    touches: posts,
    beforeUndo: async (changes) => {
      const [invoice] = await changes.access.searchRead(
        'account.move',
        [
          ['company_id', '=', changes.companyId],
          ['move_type', '=', 'out_invoice'],
          ['state', '=', 'posted'],
        ],
        { date: 'text' },
        { order: 'id desc', limit: 1 },
      );
      const day = invoice?.date ?? 'no invoice';
      await changes.write('res.company', changes.companyId, { sale_lock_date: day });
    },
    undo: 'account.move.reversal.refund_moves',
  },
  // Last, for what it leaves to the sweep takes part in the reservations of others.
  { name: 'down before the undo', touches: writes, downBeforeUndo: true },
];

async function groupId({ access }: Changes, module: string, name: string): Promise<number> {
  const domain = [['module', '=', module] as const, ['name', '=', name] as const];
  const [group] = await access.searchRead('ir.model.data', domain, { res_id: 'number' });
  return group?.res_id ?? 0;
}
