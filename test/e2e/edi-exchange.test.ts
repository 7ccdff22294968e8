import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import ediExchange from '../../scenarios/edi-exchange.ts';
import { expectWhole, PASSED_CLEAN, play, playBefore } from '../support/books.ts';
import { Changes } from '../support/changes.ts';
import { tenants } from '../support/lab.ts';
import { playWhile } from '../support/meanwhile.ts';

const SCENARIO = 'edi-exchange';
/** Of one run; what the scenario declares is the most. */
const ROWS = {
  rpc: { north: 24, south: 50 },
  browser: { north: 37, south: 73 },
} as const;
const BY_HAND = [
  'hand in order',
  'confirm order',
  'deliver goods',
  'create invoice',
  'post invoice',
];

it.concurrent.each(tenants)(
  'a document becomes an order in %s and an invoice comes back, over each transport; all is undone',
  async (tenant) => {
    await playBefore(tenant, SCENARIO);
    for (const transport of ediExchange.transports) {
      const played = await play(tenant, SCENARIO, transport);
      expectWhole(played, ediExchange, BY_HAND);
      expect(played.rows, transport).toBe(ROWS[transport][tenant]);
      expect(played.report.exchange, transport).toEqual({
        ingestionMs: expect.any(Number) as number,
        roundTripMs: expect.any(Number) as number,
      });
    }
  },
);

describe('an import in north that goes wrong in silence', () => {
  let changes: Changes;

  beforeEach(async () => {
    changes = await Changes.in('north');
  });
  afterEach(async () => {
    await changes.putBack();
  });

  const idOf = async (model: string, field: string, value: string): Promise<number> => {
    const domain = [[field, '=', value] as const, ['company_id', '=', changes.companyId] as const];
    const [found] = await changes.access.searchRead(model, domain, {});
    return found?.id ?? 0;
  };

  /** Before Odoo reads the document that was just attached. */
  const whileImporting = async (happens: () => Promise<void>) =>
    await playWhile('north', SCENARIO, {
      before: 'sale.order.create_document_from_attachment',
      happens: async () => {
        await happens();
        return undefined;
      },
    });

  it('is told: the price of the price list overwrote that of the document', async () => {
    const product = await idOf('product.product', 'default_code', 'ORDERWATCH-PRODUCT');
    const report = await whileImporting(() =>
      changes.write('product.product', product, { lst_price: 12.5 }),
    );
    expect(report).toMatchObject({
      outcome: {
        kind: 'failed',
        failure: wrong('price', 'net of the line in cents is 1250, not 1000'),
      },
      compensation: { kind: 'clean' },
    });
  });

  it('is told: the product was not recognised', async () => {
    const product = await idOf('product.product', 'default_code', 'ORDERWATCH-PRODUCT');
    const report = await whileImporting(() =>
      changes.write('product.product', product, { default_code: 'OTHER', name: 'Other' }),
    );
    expect(report).toMatchObject({
      outcome: { kind: 'failed', failure: wrong('product', 'product of the line is') },
      compensation: { kind: 'clean' },
    });
  });

  it('is told: the order went to somebody else', async () => {
    const partner = await idOf('res.partner', 'ref', 'ORDERWATCH-PARTNER');
    const report = await whileImporting(() =>
      changes.write('res.partner', partner, { name: 'Somebody else' }),
    );
    expect(report).toMatchObject({
      outcome: { kind: 'failed', failure: wrong('partner', 'customer of the order is') },
      compensation: { kind: 'clean' },
    });
  });

  it('is told: the document was not read at all', async () => {
    const report = await whileImporting(async () => {
      const domain = [['name', '=like', 'SYN~north~edi-exchange~%'] as const];
      const [file] = await changes.access.searchRead(
        'ir.attachment',
        domain,
        {},
        { order: 'id desc' },
      );
      const datas = Buffer.from('<Order><Truncated>').toString('base64');
      await changes.access.write('ir.attachment', 'write', [[file?.id ?? 0], { datas }]);
    });
    expect(report).toMatchObject({
      outcome: {
        kind: 'failed',
        failure: wrong('reference', 'reference of the order is undefined'),
      },
      compensation: { kind: 'clean' },
    });
  });

  it('is not tried where prices include tax: Odoo would import them as net ones', async () => {
    const { templateId } = await changes.product();
    const values = {
      name: `Included ${Date.now()}`,
      amount: 20,
      type_tax_use: 'sale',
      price_include_override: 'tax_included',
      company_id: changes.companyId,
    };
    const tax = await changes.create('account.tax', values, { active: false });
    await changes.write('product.template', templateId, { taxes_id: [[6, 0, [tax]]] });
    const { report } = await play('north', SCENARIO);
    expect(report.outcome).toEqual({
      kind: 'skipped',
      reason: 'prices include the tax of the product, and Odoo imports those of UBL as net ones',
    });
  });

  it('passes again when all is as it was', async () => {
    const { report } = await play('north', SCENARIO);
    expect(report).toMatchObject(PASSED_CLEAN);
  });
});

const wrong = (what: string, message: string): object => ({
  code: `edi.wrong-${what}`,
  blame: 'target',
  layer: 'integration',
  step: 'check order',
  message: expect.stringContaining(message) as string,
});
