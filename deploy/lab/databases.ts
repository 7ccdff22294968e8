// The tenants' databases: two copies of one template, made one after the other. A tenant gets
// its name last, so that an interrupted copy is never taken for a tenant.
import { OWN_IDENTITY, parameters } from './identity.ts';
import type { Lab } from './lab.ts';
import type { Say } from './output.ts';
import { PG_ODOO, psql } from './postgres.ts';
import { runAsLab } from './run.ts';
import { ensureTemplate } from './template.ts';
import { dropDatabase, filestore, restoreTemplate } from './template-files.ts';
import { type LabTenant, TENANTS } from './tenants.ts';

const TEMPLATE = 'lab_template';

export async function ensureDatabases(lab: Lab, say: Say): Promise<void> {
  const present = (await psql(lab, 'postgres', 'select datname from pg_database')).split('\n');
  const missing = TENANTS.filter(({ id }) => !present.includes(id));
  for (const tenant of TENANTS) {
    if (!missing.includes(tenant)) await psql(lab, tenant.id, parameters(lab, tenant));
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

async function copy(lab: Lab, tenant: LabTenant): Promise<void> {
  const making = `${tenant.id}_making`;
  await dropDatabase(lab, making);
  await psql(lab, 'postgres', `create database ${making} owner ${PG_ODOO} template ${TEMPLATE}`);
  await psql(lab, making, `${OWN_IDENTITY}${parameters(lab, tenant)}`);
  const files = filestore(lab, tenant.id);
  await runAsLab(lab.data, ['rm', '-rf', files]);
  await runAsLab(lab.data, ['cp', '-a', filestore(lab, TEMPLATE), files]);
  await psql(lab, 'postgres', `alter database ${making} rename to ${tenant.id}`);
}
