/** The probe user: the least rights that the transactions need, one company, the tenant's zone and language. */
import { COMPANY_NAME } from '../../domain/fixtures.ts';
import type { Access } from '../../engine/access.ts';
import type { OdooValues } from '../../scenario/index.ts';
import { archived, type Company, ProvisionError, type Provisioner } from './provisioner.ts';

/** Sell, move goods, invoice; its notifications stay in Odoo. No manager, no settings, no purchase. */
const PROBE_GROUPS = [
  'base.group_user',
  'sales_team.group_sale_salesman',
  'stock.group_stock_user',
  'account.group_account_invoice',
  'mail.group_mail_notification_type_inbox',
] as const;

interface Wanted {
  readonly lang: string;
  readonly tz: string;
  /** Absent in a dry run before the company exists. */
  readonly companyId?: number;
  readonly groups: readonly number[];
}

export async function provisionUser(to: Provisioner, company: Company): Promise<void> {
  const { id: companyId } = company;
  const access = companyId === undefined ? to.admin : to.inCompany(companyId);
  const wanted: Wanted = {
    lang: to.tenant.provision.language,
    tz: to.tenant.timeZone,
    ...(companyId === undefined ? {} : { companyId }),
    groups: await groupIds(to),
  };
  const found = await findUser(to);
  if (found === undefined) await createUser(to, access, wanted);
  else await correctUser(to, access, { found, wanted });
}

type User = NonNullable<Awaited<ReturnType<typeof findUser>>>;

async function findUser({ tenant, admin }: Provisioner) {
  const { login } = tenant.credentials;
  const [found] = await admin.searchRead('res.users', [['login', '=', login]], {
    active: 'boolean',
    lang: 'text',
    tz: 'text',
    company_id: 'many2one',
    company_ids: 'ids',
    group_ids: 'ids',
  });
  if (found?.active === false) throw archived(`the probe user ${login}`);
  return found;
}

async function createUser(to: Provisioner, access: Access, wanted: Wanted): Promise<void> {
  const { login } = to.tenant.credentials;
  await to.change(`create probe user ${login} (${wanted.lang}, ${wanted.tz})`, () =>
    access.create(
      'res.users',
      {
        name: `${COMPANY_NAME} probe`,
        login,
        password: to.password.reveal(),
        // Its default, e-mail, would take the group of the inbox away again.
        notification_type: 'inbox',
        ...valuesOf(wanted),
      },
      { no_reset_password: true },
    ),
  );
}

async function correctUser(
  to: Provisioner,
  access: Access,
  { found, wanted }: { readonly found: User; readonly wanted: Wanted },
): Promise<void> {
  const { login, password } = to.tenant.credentials;
  const write = (values: OdooValues): Promise<unknown> =>
    access.write('res.users', 'write', [[found.id], values]);
  const wrong = differences(found, wanted);
  if (wrong.length > 0) {
    await to.change(`correct ${wrong.join(', ')} of ${login}`, () => write(valuesOf(wanted)));
  }
  if (await to.canSignIn()) return;
  await to.change(`set the password of ${login} to ${password.name}`, () =>
    write({ password: to.password.reveal() }),
  );
}

function valuesOf({ lang, tz, companyId, groups }: Wanted): OdooValues {
  const company =
    companyId === undefined ? {} : { company_id: companyId, company_ids: [[6, 0, [companyId]]] };
  return { lang, tz, ...company, group_ids: [[6, 0, groups]] };
}

function differences(found: User, wanted: Wanted): readonly string[] {
  const companies = wanted.companyId === undefined ? [] : [wanted.companyId];
  const checks = {
    language: found.lang === wanted.lang,
    'time zone': found.tz === wanted.tz,
    company: found.company_id?.id === wanted.companyId && sameIds(found.company_ids, companies),
    rights: sameIds(found.group_ids, wanted.groups),
  };
  return Object.entries(checks).flatMap(([name, same]) => (same ? [] : [name]));
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
