// What a copied database needs before its first start: an identity and an address of its own, and
// nothing that reaches out of the machine. Neutralising (Odoo's way) would change what users see.
import { ediFolders } from './edi.ts';
import type { Lab } from './lab.ts';
import { type LabTenant, tenantUrl } from './tenants.ts';

/** Nobody listens here: Odoo's paid services are refused at once instead of after a timeout. */
const NOWHERE = 'http://127.0.0.1:9';
const SERVICES = [
  ...['iap.endpoint', 'enrich.endpoint', 'iap.partner_autocomplete.endpoint'],
  ...['sms.endpoint', 'snailmail.endpoint'],
];

export const OWN_IDENTITY = `
  update ir_config_parameter set value = gen_random_uuid()::text
   where key in ('database.uuid', 'database.secret');
  update ir_mail_server set active = false;
  update ir_cron set active = false;
  update res_company set iap_enrich_auto_done = true;
`;

/** Parameters that can change from one `up` to the next; the frozen URL survives admin's login. */
export const parameters = (lab: Pick<Lab, 'data' | 'ports'>, tenant: LabTenant): string =>
  [
    ['web.base.url', tenantUrl(tenant, lab.ports.ingress)] as const,
    ['web.base.url.freeze', 'True'] as const,
    ...SERVICES.map((key) => [key, NOWHERE] as const),
    ['edi_folder.in', ediFolders(lab, tenant).in] as const,
    ['edi_folder.out', ediFolders(lab, tenant).out] as const,
  ]
    .map(([key, value]) => set(key, value))
    .join('');

const set = (key: string, value: string): string => `
  insert into ir_config_parameter (key, value, create_uid, create_date, write_uid, write_date)
  values ('${key}', '${value}', 1, now(), 1, now())
  on conflict (key) do update set value = excluded.value
   where ir_config_parameter.value is distinct from excluded.value;`;
