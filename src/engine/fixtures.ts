/** Finds what `provision` made, inside the probe user's own company and nowhere else. */
import { COMPANY_NAME, CUSTOMER_REF, PARTNER_REF, PRODUCT_CODE } from '../domain/fixtures.ts';
import type { Missing } from '../domain/readiness.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Fixtures, Needs } from '../scenario/index.ts';
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
  const refs = ['ref', 'in', [CUSTOMER_REF, PARTNER_REF]] as const;
  const [partners, [product]] = await Promise.all([
    access.searchRead('res.partner', [refs, inCompany], { name: 'text', ref: 'text' }),
    access.searchRead('product.product', [['default_code', '=', PRODUCT_CODE], inCompany], {
      lst_price: 'number',
      name: 'text',
    }),
  ]);
  const [customer, partner] = [CUSTOMER_REF, PARTNER_REF].map((wanted) =>
    partners.find(({ ref }) => ref === wanted),
  );
  if (customer === undefined) return absent(`customer ${CUSTOMER_REF}`);
  if (product === undefined) return absent(`product ${PRODUCT_CODE}`);
  const fixtures = {
    companyId: company,
    customerId: customer.id,
    productId: product.id,
    price: product.lst_price,
    customerName: customer.name ?? '',
    productName: product.name ?? '',
    productCode: PRODUCT_CODE,
    ...(partner === undefined ? {} : { partner: { id: partner.id, name: partner.name ?? '' } }),
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

/** What is missing of them for a scenario with such needs. */
export function missingFixtures(
  search: FixtureSearch,
  { edi }: Tenant,
  { conditions = [] }: Needs,
): readonly Missing[] {
  if (search.kind === 'missing') return search.missing;
  const isWanted = edi !== undefined && conditions.includes('edi');
  if (!isWanted || search.fixtures.partner !== undefined) return [];
  return [unprovisioned(`trading partner ${PARTNER_REF}`)];
}

const absent = (what: string): FixtureSearch => ({
  kind: 'missing',
  missing: [unprovisioned(what)],
});

const unprovisioned = (what: string): Missing => ({
  kind: 'fixture',
  what: `${what} (run: orderwatch provision)`,
});
