/** The probe user: the least rights that the transactions need, one company, the tenant's zone and language. */
import { COMPANY_NAME } from '../domain/fixtures.ts';
import type { OdooValues } from '../scenario/index.ts';
import { archived, ProvisionError, type Provisioner } from './provision.ts';
import type { Company } from './provision-company.ts';

/** Sell, move goods, invoice. No manager, no settings, no purchase. */
export const PROBE_GROUPS = [
  'base.group_user',
  'sales_team.group_sale_salesman',
  'stock.group_stock_user',
  'account.group_account_invoice',
] as const;

export async function provisionUser(to: Provisioner, company: Company): Promise<void> {
  const { login } = to.tenant.credentials;
  const [found] = await to.admin.searchRead('res.users', [['login', '=', login]], {
    active: 'boolean',
    lang: 'text',
    tz: 'text',
    company_id: 'many2one',
    company_ids: 'ids',
    group_ids: 'ids',
  });
  if (found !== undefined && !found.active) throw archived(`the probe user ${login}`);
  const groups = await groupIds(to);
  const wanted = {
    lang: to.tenant.provision.language,
    tz: to.tenant.timeZone,
    ...(company.id === undefined
      ? {}
      : { company_id: company.id, company_ids: [[6, 0, [company.id]]] }),
    group_ids: [[6, 0, groups]],
  };
  const inCompany = company.id === undefined ? to.admin : to.inCompany(company.id);
  if (found === undefined) {
    await to.change(`create probe user ${login} (${wanted.lang}, ${wanted.tz})`, () =>
      inCompany.create(
        'res.users',
        {
          name: `${COMPANY_NAME} probe`,
          login,
          password: to.password.reveal(),
          notification_type: 'inbox',
          ...wanted,
        },
        { no_reset_password: true },
      ),
    );
    return;
  }
  const same =
    found.lang === wanted.lang &&
    found.tz === wanted.tz &&
    found.company_id?.id === company.id &&
    sameIds(found.company_ids, [company.id ?? 0]) &&
    sameIds(found.group_ids, groups);
  const write = (values: OdooValues) => inCompany.write('res.users', 'write', [[found.id], values]);
  if (!same)
    await to.change(`correct rights, company, language or zone of ${login}`, () => write(wanted));
  if (!(await to.canSignIn())) {
    await to.change(`set the password of ${login} to ${to.tenant.credentials.password.name}`, () =>
      write({ password: to.password.reveal() }),
    );
  }
}

async function groupIds({ admin }: Provisioner): Promise<readonly number[]> {
  const ids: number[] = [];
  for (const group of PROBE_GROUPS) {
    const [module = '', name = ''] = group.split('.');
    const [found] = await admin.searchRead(
      'ir.model.data',
      [
        ['module', '=', module],
        ['name', '=', name],
      ],
      { res_id: 'number' },
    );
    if (found === undefined) throw new ProvisionError(`Odoo has no group ${group}`);
    ids.push(found.res_id);
  }
  return ids;
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id));
}
