/** Finds what `provision` made, inside the probe user's own company and nowhere else. */
import { COMPANY_NAME, CUSTOMER_REF, PRODUCT_CODE } from '../domain/fixtures.ts';
import type { Missing } from '../domain/readiness.ts';
import type { Fixtures } from '../scenario/index.ts';
import type { Access } from './access.ts';
import { Skip } from './boundary.ts';

export type FixtureSearch =
  | { readonly kind: 'found'; readonly fixtures: Fixtures }
  | { readonly kind: 'missing'; readonly missing: readonly Missing[] };

/** Throws Skip when the synthetic company is archived: that withdraws the tenant's consent. */
export async function findFixtures(access: Access): Promise<FixtureSearch> {
  const company = await ownCompany(access);
  if (company === undefined) return absent(`company "${COMPANY_NAME}" as the probe user's company`);
  const inCompany = ['company_id', '=', company] as const;
  const [[customer], [product]] = await Promise.all([
    access.searchRead('res.partner', [['ref', '=', CUSTOMER_REF], inCompany], { name: 'text' }),
    access.searchRead('product.product', [['default_code', '=', PRODUCT_CODE], inCompany], {
      lst_price: 'number',
      name: 'text',
    }),
  ]);
  if (customer === undefined) return absent(`customer ${CUSTOMER_REF}`);
  if (product === undefined) return absent(`product ${PRODUCT_CODE}`);
  const fixtures = {
    companyId: company,
    customerId: customer.id,
    productId: product.id,
    price: product.lst_price,
    customerName: customer.name ?? '',
    productName: product.name ?? '',
  };
  return { kind: 'found', fixtures };
}

/** Id of the synthetic company, if that is the probe user's; a real company is never worked in. */
export async function ownCompany(access: Access): Promise<number | undefined> {
  const [user] = await access.read('res.users', [access.uid], { company_id: 'many2one' });
  const id = user?.company_id?.id;
  if (id === undefined) return undefined;
  const [company] = await access.read('res.company', [id], { name: 'text', active: 'boolean' });
  if (company?.name !== COMPANY_NAME) return undefined;
  if (!company.active) throw new Skip('consent withdrawn: the synthetic company is archived');
  return id;
}

export function missingFixtures(search: FixtureSearch): readonly Missing[] {
  return search.kind === 'missing' ? search.missing : [];
}

const absent = (what: string): FixtureSearch => ({
  kind: 'missing',
  missing: [{ kind: 'fixture', what: `${what} (run: orderwatch provision)` }],
});
