/** The synthetic customer, the product and its stock. */
import {
  COMPANY_NAME,
  CUSTOMER_REF,
  PARTNER_REF,
  PRODUCT_CODE,
  PRODUCT_PRICE,
  PRODUCT_STOCK,
  PRODUCT_STOCK_FLOOR,
} from '../../domain/fixtures.ts';
import type { Access } from '../../engine/access.ts';
import type { OdooValues } from '../../scenario/index.ts';
import { archived, type Company, idOf, type Provisioner } from './provisioner.ts';

const PARTNER_NAME = `${COMPANY_NAME} trading partner`;
const ADDRESS = { street: '1 Synthetic Street', city: 'Nowhere', zip: '10000' } as const;

/** Where Odoo 19 suggests Peppol BIS Billing 3, as its `account_edi_ubl_cii` lists them. */
const UBL_COUNTRIES: ReadonlySet<string> = new Set(
  'AT BE CH CY CZ DK EE ES FI GR IE IS IT LT LU LV MT NO PL PT RO SE SI'.split(' '),
);

export async function provisionGoods(to: Provisioner, company: Company): Promise<void> {
  const inCompany = company.id === undefined ? to.admin : to.inCompany(company.id);
  const { country } = to.tenant.provision;
  const countryId = await idOf(to.admin, 'res.country', 'code', country);
  await ensureByCode(to, inCompany, company, {
    model: 'res.partner',
    field: 'ref',
    code: CUSTOMER_REF,
    what: 'customer',
    // No phone and no e-mail: nothing can be sent to it. Its country is the company's: no foreign taxes.
    values: {
      name: `${COMPANY_NAME} customer`,
      is_company: true,
      country_id: countryId,
      ...ADDRESS,
    },
  });
  if (to.tenant.edi !== undefined) await provisionPartner(to, inCompany, company);
  const productId = await ensureByCode(to, inCompany, company, {
    model: 'product.product',
    field: 'default_code',
    code: PRODUCT_CODE,
    what: 'product',
    // Cost stays 0, so that no valuation amounts arise.
    values: {
      name: `${COMPANY_NAME} product`,
      type: 'consu',
      is_storable: true,
      list_price: PRODUCT_PRICE,
      invoice_policy: 'order',
    },
  });
  await ensureStock(to, inCompany, {
    ...company,
    ...(productId === undefined ? {} : { productId }),
  });
}

/** By stock Odoo an invoice goes to a partner as UBL only where it suggests that for the partner's country. */
async function provisionPartner(
  to: Provisioner,
  inCompany: Access,
  company: Company,
): Promise<void> {
  const { country } = to.tenant.provision;
  const code = UBL_COUNTRIES.has(country) ? country : 'BE';
  await ensureByCode(to, inCompany, company, {
    model: 'res.partner',
    field: 'ref',
    code: PARTNER_REF,
    what: 'trading partner',
    values: {
      name: PARTNER_NAME,
      is_company: true,
      country_id: await idOf(to.admin, 'res.country', 'code', code),
      ...ADDRESS,
    },
  });
}

async function ensureByCode(
  to: Provisioner,
  inCompany: Access,
  company: Company,
  wanted: {
    readonly model: string;
    readonly field: string;
    readonly code: string;
    readonly what: string;
    readonly values: OdooValues;
  },
): Promise<number | undefined> {
  const { model, field, code, what } = wanted;
  if (company.id !== undefined) {
    const [found] = await inCompany.searchRead(
      model,
      [
        [field, '=', code],
        ['company_id', '=', company.id],
      ],
      { active: 'boolean' },
    );
    if (found?.active === false) throw archived(`the ${what}`);
    if (found !== undefined) return found.id;
  }
  return await to.change(`create ${what} ${code}`, () =>
    inCompany.create(model, { ...wanted.values, [field]: code, company_id: company.id ?? false }),
  );
}

async function ensureStock(
  to: Provisioner,
  inCompany: Access,
  { productId, stockLocationId }: Company & { readonly productId?: number },
): Promise<void> {
  const fill = `stock ${PRODUCT_STOCK} of ${PRODUCT_CODE}`;
  if (productId === undefined || stockLocationId === undefined) {
    await to.change(fill, () => Promise.resolve(undefined));
    return;
  }
  const quants = await inCompany.searchRead(
    'stock.quant',
    [
      ['product_id', '=', productId],
      ['location_id', '=', stockLocationId],
    ],
    { quantity: 'number' },
  );
  if (quants.reduce((sum, { quantity }) => sum + quantity, 0) >= PRODUCT_STOCK_FLOOR) return;
  await to.change(fill, async () => {
    const quant = await inCompany.create(
      'stock.quant',
      { product_id: productId, location_id: stockLocationId, inventory_quantity: PRODUCT_STOCK },
      { inventory_mode: true },
    );
    await inCompany.write('stock.quant', 'action_apply_inventory', [[quant]]);
  });
}
