// `status`: what runs, where, and whether the tenants answer; for people, or as JSON for programs.
import { existsSync } from 'node:fs';
import { type Answer, askTenant } from './answering.ts';
import { currentLab, type Lab, readRecord } from './lab.ts';
import { versionOf } from './odoo-package.ts';
import { line, mark } from './output.ts';
import { installedVersion } from './packages.ts';
import { CLONE, CONFIG } from './places.ts';
import { pidOf } from './service.ts';
import { services } from './services.ts';
import { TENANTS, tenantUrl } from './tenants.ts';

const PATIENCE_MS = 5000;
const NOT_UP = 3;

interface ServiceStatus {
  readonly name: string;
  readonly up: boolean;
  readonly pid?: number;
  readonly where: string;
}

interface TenantStatus extends Answer {
  readonly id: string;
  readonly url: string;
}

interface LabStatus {
  readonly lab: 'up' | 'partly' | 'down';
  readonly services: readonly ServiceStatus[];
  readonly tenants: readonly TenantStatus[];
  readonly odoo?: string;
  readonly chromium?: string;
  readonly data?: string;
  readonly config?: string;
}

export async function status(how: { readonly json: boolean }): Promise<number> {
  const found = await look();
  if (how.json) line(JSON.stringify(found, null, 2));
  else print(found);
  return found.lab === 'up' ? 0 : NOT_UP;
}

async function look(): Promise<LabStatus> {
  const chromium = await installedVersion('chromium');
  const browser = chromium === undefined ? {} : { chromium };
  const record = readRecord();
  if (record?.clone !== CLONE || record.data === undefined || !existsSync(record.data)) {
    return { lab: 'down', services: [], tenants: [], ...browser };
  }
  const lab = currentLab();
  const running = services(lab).map((service): ServiceStatus => {
    const pid = pidOf(service);
    const { name, where } = service;
    return { name, where, up: pid !== undefined, ...(pid === undefined ? {} : { pid }) };
  });
  const tenants = await Promise.all(TENANTS.map((tenant) => lookAtTenant(lab, tenant)));
  return {
    lab: summarise([...running.map(({ up }) => up), ...tenants.map(({ ok }) => ok)]),
    services: running,
    tenants,
    odoo: versionOf(lab.odoo),
    ...browser,
    data: lab.data,
    ...(existsSync(CONFIG) ? { config: CONFIG } : {}),
  };
}

async function lookAtTenant(lab: Lab, tenant: (typeof TENANTS)[number]): Promise<TenantStatus> {
  const answer = await askTenant(lab, tenant, PATIENCE_MS);
  return { id: tenant.id, url: tenantUrl(tenant, lab.ports.ingress), ...answer };
}

function summarise(parts: readonly boolean[]): LabStatus['lab'] {
  if (parts.every(Boolean)) return 'up';
  return parts.some(Boolean) ? 'partly' : 'down';
}

function print(found: LabStatus): void {
  for (const { name, up, pid, where } of found.services) {
    line(`${mark(up)} ${name.padEnd(9)} ${up ? `pid ${pid ?? '?'}` : 'not running'}  ${where}`);
  }
  for (const { id, ok, url, said, ms } of found.tenants) {
    line(`${mark(ok)} ${id.padEnd(9)} ${url}  ${said} (${ms} ms)`);
  }
  line(`     odoo ${found.odoo ?? 'unknown'}, chromium ${found.chromium ?? 'not installed'}`);
  if (found.data !== undefined) line(`     data ${found.data}`);
  if (found.config !== undefined) line(`     config ${found.config}`);
  line(`     the lab is ${found.lab}${found.lab === 'up' ? '' : ': `npm run lab -- up`'}`);
}
