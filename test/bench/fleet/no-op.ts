/** A fleet whose runs do nothing: an Odoo that answers at once from memory, and a scenario with one empty step. */
import { COMPANY_NAME } from '../../../src/domain/fixtures.ts';
import type { TenantSession } from '../../../src/engine/ports.ts';
import type { Scenario } from '../../../src/scenario/contract.ts';
import type { StandIn } from '../../../src/wire/compose.ts';

const noOp: Scenario = {
  sdk: 1,
  id: 'no-op',
  title: 'Nothing',
  revision: 1,
  rows: { rpc: 0 },
  consent: 'read-only',
  transports: ['rpc'],
  steps: ['nothing'],
  needs: { modules: [], fields: {}, access: {} },
  run: (ctx) => ctx.step('nothing', () => Promise.resolve()),
};

const RECORDS: Readonly<Record<string, object>> = {
  'res.users': { company_id: [1, COMPANY_NAME] },
  'res.company': { name: COMPANY_NAME, active: true },
  'res.partner': { name: 'customer' },
  'product.product': { name: 'product', lst_price: 10 },
};

const session: TenantSession = {
  wire: 'xmlrpc',
  uid: 2,
  call: (model) => {
    const record = RECORDS[model];
    return Promise.resolve(record === undefined ? [] : [{ id: 1, ...record }]);
  },
  close: () => undefined,
};

export const noOps: StandIn = {
  scenarios: new Map([[noOp.id, noOp]]),
  signIn: () => Promise.resolve(session),
};
