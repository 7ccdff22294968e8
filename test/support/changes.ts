/** What a test changes in a tenant's Odoo as its administrator, put back in reverse order afterwards. */
import { COMPANY_NAME, PRODUCT_CODE } from '../../src/domain/fixtures.ts';
import type { Access } from '../../src/engine/access.ts';
import type { OdooValue, OdooValues } from '../../src/scenario/index.ts';
import { admin, type LabTenant } from './lab.ts';

const GOODS = {
  type: 'consu',
  is_storable: true,
  list_price: 10,
  invoice_policy: 'order',
} as const;

export class Changes {
  readonly access: Access;
  readonly companyId: number;
  readonly #putBack: (() => Promise<unknown>)[] = [];

  private constructor(access: Access, companyId: number) {
    this.access = access;
    this.companyId = companyId;
  }

  static async in(tenant: LabTenant): Promise<Changes> {
    const access = await admin(tenant);
    const [company] = await access.searchRead('res.company', [['name', '=', COMPANY_NAME]], {
      name: 'text',
    });
    return new Changes(access, company?.id ?? 0);
  }

  /** Writes values and remembers the old ones. */
  async write(model: string, id: number, values: OdooValues): Promise<void> {
    const answer = await this.access.ask(model, 'read', [[id], Object.keys(values)]);
    const [old] = answer as readonly OdooValues[];
    const before = Object.keys(values).map((field) => [field, writable(old?.[field] ?? false)]);
    this.#putBack.push(() =>
      this.access.write(model, 'write', [[id], Object.fromEntries(before) as OdooValues]),
    );
    await this.access.write(model, 'write', [[id], values]);
  }

  /** Creates a record in the synthetic company; `away` is what puts it out of the way again. */
  async create(model: string, values: OdooValues, away?: OdooValues): Promise<number> {
    const id = await this.access.create(model, values, this.#context());
    if (away !== undefined)
      this.#putBack.push(() => this.access.write(model, 'write', [[id], away]));
    return id;
  }

  /** Sets the quantity on a shelf; put back too. */
  async stock(productId: number, locationId: number, quantity: number): Promise<void> {
    const [old] = await this.access.searchRead(
      'stock.quant',
      [
        ['product_id', '=', productId],
        ['location_id', '=', locationId],
      ],
      { quantity: 'number' },
    );
    this.#putBack.push(() => this.#count(productId, locationId, old?.quantity ?? 0));
    await this.#count(productId, locationId, quantity);
  }

  /** Puts another product in the place of the probes' own: tracked, with enough of it in stock. */
  async track(tracking: 'lot' | 'serial'): Promise<void> {
    const { id: own } = await this.product();
    const { stockId } = await this.warehouse();
    await this.write('product.product', own, { default_code: `${PRODUCT_CODE}-ASIDE` });
    // The web client finds it by its name alone.
    const values = { name: `Tracked by ${tracking} ${Date.now()}`, tracking, ...GOODS };
    const away = { default_code: `${PRODUCT_CODE}-AWAY`, active: false };
    const ownCode = { default_code: PRODUCT_CODE, company_id: this.companyId };
    const product = await this.create('product.product', { ...values, ...ownCode }, away);
    // Archiving the one variant leaves its template for users to choose.
    const [{ product_tmpl_id: template } = {}] = await this.access.read(
      'product.product',
      [product],
      { product_tmpl_id: 'many2one' },
    );
    this.#putBack.push(() =>
      this.access.write('product.template', 'write', [[template?.id ?? 0], { active: false }]),
    );
    const [count, each] = tracking === 'lot' ? [1, 100] : [60, 1];
    // In three calls, whatever the count: each of its own would be sixty times as many.
    const numbers = Array.from({ length: count }, (_, n) => n + 1);
    const lots = await this.#createAll(
      'stock.lot',
      numbers.map((n) => ({ name: `${tracking} ${n}`, product_id: product })),
    );
    const quants = await this.#createAll(
      'stock.quant',
      lots.map((lot) => ({
        product_id: product,
        location_id: stockId,
        lot_id: lot,
        inventory_quantity: each,
      })),
    );
    await this.access.write('stock.quant', 'action_apply_inventory', [quants]);
  }

  /** To be called at the end of a test, whatever became of it. */
  async putBack(): Promise<void> {
    for (let undo = this.#putBack.pop(); undo !== undefined; undo = this.#putBack.pop()) {
      await undo();
    }
  }

  async product(): Promise<{ readonly id: number; readonly templateId: number }> {
    const [product] = await this.access.searchRead(
      'product.product',
      [['default_code', '=', PRODUCT_CODE]],
      { product_tmpl_id: 'many2one' },
    );
    return { id: product?.id ?? 0, templateId: product?.product_tmpl_id?.id ?? 0 };
  }

  async warehouse(): Promise<{
    readonly id: number;
    readonly stockId: number;
    readonly outputId: number;
    readonly viewId: number;
  }> {
    const [warehouse] = await this.access.searchRead(
      'stock.warehouse',
      [['company_id', '=', this.companyId]],
      {
        lot_stock_id: 'many2one',
        wh_output_stock_loc_id: 'many2one',
        view_location_id: 'many2one',
      },
      { order: 'id' },
    );
    return {
      id: warehouse?.id ?? 0,
      stockId: warehouse?.lot_stock_id?.id ?? 0,
      outputId: warehouse?.wh_output_stock_loc_id?.id ?? 0,
      viewId: warehouse?.view_location_id?.id ?? 0,
    };
  }

  async #createAll(model: string, all: readonly OdooValues[]): Promise<readonly number[]> {
    return (await this.access.write(model, 'create', [all], this.#context())) as readonly number[];
  }

  readonly #context = (): OdooValues => ({
    allowed_company_ids: [this.companyId],
    inventory_mode: true,
  });

  async #count(productId: number, locationId: number, quantity: number): Promise<void> {
    const values = { product_id: productId, location_id: locationId, inventory_quantity: quantity };
    const quant = await this.create('stock.quant', values);
    await this.access.write('stock.quant', 'action_apply_inventory', [[quant]]);
  }
}

/** Odoo answers a many2one with its name, and a list of ids as it does not take them. */
function writable(value: OdooValue): OdooValue {
  if (!Array.isArray(value)) return value;
  const [first, second] = value as readonly OdooValue[];
  return typeof second === 'string' ? (first ?? false) : [[6, 0, value]];
}
