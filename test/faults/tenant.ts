/** Faults of what a tenant's people set, have and install, and of what their trading partner's documents become. */
import { setTimeout as sleep } from 'node:timers/promises';
import { labPaths } from '../../deploy/lab/faults.ts';
import { Changes } from '../support/changes.ts';
import { EdiPartner } from '../support/edi-partner.ts';
import { admin, probe } from '../support/lab.ts';
import {
  asItIs,
  EXCHANGE,
  type Fault,
  type Injected,
  ORDER,
  ORDER_IN_BROWSER,
  type Scene,
} from './fault.ts';
import { atCall } from './on-the-way.ts';

const MODULE = 'sale_edi_ubl';
const BUTTON = 'action_confirm';

export const tenantFaults: readonly Fault[] = [
  {
    ...ORDER,
    id: 'right-removed',
    what: 'the probe user is no salesman any more',
    expected: { blame: 'target', layer: 'access' },
    afterGoodRun: true,
    playedOnce: true,
    inject: removeRight,
  },
  {
    ...ORDER,
    scenario: 'stock-reservation',
    id: 'out-of-stock',
    what: 'nothing of our own product is where deliveries take it from',
    // The shelf is ours to fill.
    expected: { blame: 'scenario' },
    playedOnce: true,
    inject: emptyShelf,
  },
  {
    ...ORDER,
    scenario: 'stock-reservation',
    id: 'reserved-by-nobody',
    what: 'the shelf says that more is reserved than any transfer has reserved',
    expected: { blame: 'target', layer: 'data' },
    playedOnce: true,
    healed: true,
    inject: reserveForNobody,
  },
  {
    ...EXCHANGE,
    id: 'module-uninstalled',
    what: 'the module that imports orders has been uninstalled',
    expected: { blame: 'target', layer: 'application' },
    afterGoodRun: true,
    playedOnce: true,
    inject: uninstall,
  },
  {
    ...ORDER_IN_BROWSER,
    id: 'button-renamed',
    what: 'the button that confirms an order has another name',
    expected: { blame: 'scenario' },
    playedOnce: true,
    inject: renameButton,
  },
  {
    ...EXCHANGE,
    id: 'wrong-import',
    what: 'the connector imports another quantity than was ordered',
    expected: { blame: 'target', layer: 'integration' },
    playedOnce: true,
    inject: importWrongly,
  },
];

async function removeRight({ tenant, mendBy }: Scene): Promise<Injected> {
  const [owner, { uid }] = await Promise.all([admin(tenant), probe(tenant)]);
  const [user] = await owner.read('res.users', [uid], { group_ids: 'ids' });
  const [right] = await owner.searchRead(
    'ir.model.data',
    [
      ['module', '=', 'sales_team'],
      ['name', '=', 'group_sale_salesman'],
    ],
    { res_id: 'number' },
  );
  const groups = user?.group_ids ?? [];
  const give = (ids: readonly number[]): Promise<unknown> =>
    owner.write('res.users', 'write', [[uid], { group_ids: [[6, 0, ids]] }]);
  mendBy(() => give(groups));
  await give(groups.filter((id) => id !== right?.res_id));
  return asItIs;
}

/** It is all in the warehouse, so that nobody is told beforehand that there is too little. */
async function emptyShelf({ tenant, mendBy }: Scene): Promise<Injected> {
  const changes = await Changes.in(tenant);
  mendBy(() => changes.putBack());
  const [{ id }, { stockId, viewId }] = [await changes.product(), await changes.warehouse()];
  const values = { name: 'Elsewhere', usage: 'internal', location_id: viewId };
  const elsewhere = await changes.create('stock.location', values, { active: false });
  await changes.stock(id, elsewhere, 1_000);
  await changes.stock(id, stockId, 0);
  return asItIs;
}

/** As concurrent transfers and careless scripts leave it behind; a whole reservation must not repair it beforehand. */
async function reserveForNobody(scene: Scene): Promise<Injected> {
  const { tenant, mendBy } = scene;
  const changes = await Changes.in(tenant);
  const [{ id }, { stockId }] = [await changes.product(), await changes.warehouse()];
  const add = (quantity: number): Promise<string> =>
    labPaths().psql(
      tenant,
      `update stock_quant set reserved_quantity = reserved_quantity + ${quantity}
        where product_id = ${id} and location_id = ${stockId}`,
    );
  return await atCall(scene, 'stock.picking/action_assign', async () => {
    mendBy(() => add(-1));
    await add(1);
  });
}

/** What depends on it goes and comes back with it. */
async function uninstall({ tenant, mendBy }: Scene): Promise<Injected> {
  const owner = await admin(tenant);
  const installed = async (): Promise<readonly number[]> => {
    const rows = await labPaths().psql(
      tenant,
      "select id from ir_module_module where state = 'installed' order by id",
    );
    return rows.split('\n').map(Number);
  };
  const before = await installed();
  const [module] = await owner.searchRead('ir.module.module', [['name', '=', MODULE]], {});
  if (module === undefined) throw new Error(`${tenant} does not know ${MODULE}`);
  mendBy(async () => {
    const now = new Set(await installed());
    const gone = before.filter((id) => !now.has(id));
    await owner.write('ir.module.module', 'button_immediate_install', [gone]);
  });
  await owner.write('ir.module.module', 'button_immediate_uninstall', [[module.id]]);
  return asItIs;
}

/** Another method of the same model, so that the view is as good as before. */
async function renameButton({ tenant, mendBy }: Scene): Promise<Injected> {
  const owner = await admin(tenant);
  const [form] = await owner.searchRead(
    'ir.model.data',
    [
      ['module', '=', 'sale'],
      ['name', '=', 'view_order_form'],
    ],
    { res_id: 'number' },
  );
  const { arch } = (await owner.ask('sale.order', 'get_view', [form?.res_id ?? 0, 'form'])) as {
    readonly arch: string;
  };
  const buttons = arch.split(`name="${BUTTON}"`).length - 1;
  // A path names the first one that is still called so.
  const rename = `<xpath expr="//button[@name='${BUTTON}']" position="attributes"><attribute name="name">action_unlock</attribute></xpath>`;
  const view = await owner.create('ir.ui.view', {
    name: 'fault.button.renamed',
    model: 'sale.order',
    inherit_id: form?.res_id ?? 0,
    priority: 9_999,
    arch: `<data>${rename.repeat(buttons)}</data>`,
  });
  mendBy(() => owner.write('ir.ui.view', 'unlink', [[view]]));
  return asItIs;
}

async function importWrongly({ tenant, mendBy }: Scene): Promise<Injected> {
  const partner = await EdiPartner.of(tenant);
  mendBy(() => partner.leave());
  mendBy(() => partner.cleanUp());
  await partner.inject('wrong-quantity');
  const over = new AbortController();
  const working = (async () => {
    while (!over.signal.aborted) {
      await partner.exchange();
      await sleep(300);
    }
  })();
  working.catch(() => undefined);
  mendBy(async () => {
    over.abort();
    await working;
  });
  const channel = { kind: 'folder', ...partner.folders };
  return { tenantChange: { edi: { syntax: 'ubl', answerWithin: '3s', channel } } };
}
