// The tenants' databases: two copies of the template, each with an identity of its own and with
// nothing that reaches out (mail, crons).

import type { Lab } from './lab.ts';
import type { Say } from './output.ts';
import { psql } from './postgres.ts';
import { runAsLab } from './run.ts';
import { dropDatabase, ensureTemplate, filestore, restoreTemplate } from './template.ts';
import { type LabTenant, TENANTS, tenantUrl } from './tenants.ts';

const TEMPLATE = 'lab_template';

export async function ensureDatabases(lab: Lab, say: Say): Promise<void> {
  const present = (await psql(lab, 'postgres', 'select datname from pg_database')).split('\n');
  const missing = TENANTS.filter(({ id }) => !present.includes(id));
  for (const tenant of TENANTS) {
    if (!missing.includes(tenant)) await psql(lab, tenant.id, ownAddress(lab, tenant));
  }
  if (missing.length === 0) {
    say.done(`${TENANTS.map(({ id }) => id).join(' and ')} are there`);
    return;
  }
  const cached = await ensureTemplate(lab, say);
  await restoreTemplate(lab, cached, TEMPLATE);
  for (const tenant of missing) await copy(lab, tenant);
  await dropDatabase(lab, TEMPLATE);
  say.done(`made ${missing.map(({ id }) => id).join(' and ')} from ${cached}`);
}

/** Gets its name last: a database with the tenant's name is complete. */
async function copy(lab: Lab, tenant: LabTenant): Promise<void> {
  const making = `${tenant.id}_making`;
  await dropDatabase(lab, making);
  await psql(lab, 'postgres', `create database ${making} owner odoo template ${TEMPLATE}`);
  await psql(lab, making, `${OWN_IDENTITY}${ownAddress(lab, tenant)}${REACH_NOBODY}`);
  const files = filestore(lab, tenant.id);
  await runAsLab(lab.data, ['rm', '-rf', files]);
  await runAsLab(lab.data, ['cp', '-a', filestore(lab, TEMPLATE), files]);
  await psql(lab, 'postgres', `alter database ${making} rename to ${tenant.id}`);
}

const OWN_IDENTITY = `
  update ir_config_parameter set value = gen_random_uuid()::text
   where key in ('database.uuid', 'database.secret');
`;

const REACH_NOBODY = `
  update ir_mail_server set active = false;
  update ir_cron set active = false;
`;

/** Frozen, or the next login as administrator would put the internal host there. */
const ownAddress = (lab: Lab, tenant: LabTenant): string =>
  [
    ['web.base.url', tenantUrl(tenant, lab.ports.ingress)],
    ['web.base.url.freeze', 'True'],
  ]
    .map(
      ([key = '', value = '']) => `
  insert into ir_config_parameter (key, value, create_uid, create_date, write_uid, write_date)
  values ('${key}', '${value}', 1, now(), 1, now())
  on conflict (key) do update set value = excluded.value
   where ir_config_parameter.value is distinct from excluded.value;`,
    )
    .join('');
