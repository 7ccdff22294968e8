// The orderwatch configuration of this lab, written at each `up`, and the probes' passwords beside
// it: configuration refers to secrets and never holds them.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { Document, Scalar } from 'yaml';
import type { Lab } from './lab.ts';
import type { Say } from './output.ts';
import { CONFIG, SECRETS } from './places.ts';
import { redisSocket } from './redis.ts';
import { type LabTenant, PROBE_LOGIN, probeSecret, TENANTS, tenantUrl } from './tenants.ts';

const SECRET_BYTES = 24;

/**
 * Dense enough for a demo of two minutes. A tenant is played once at a time, and a run in the browser takes 9 s: with
 * these lengths, one of which is twice the other, the tenants' phases keep all slots of a tenant apart for ever.
 */
const SCHEDULES = [
  { scenarios: ['order-confirmation'], every: '33s' },
  { scenarios: ['login'], every: '66s' },
];
/** More than a whole day of that. */
const ROW_BUDGET = 200_000;

export async function writeConfiguration(lab: Lab, say: Say): Promise<void> {
  mkdirSync(SECRETS, { recursive: true });
  chmodSync(SECRETS, 0o700);
  for (const tenant of TENANTS) await ensureSecret(join(SECRETS, probeSecret(tenant)));
  await writeFileAtomic(CONFIG, configurationText(lab), { mode: 0o600 });
  say.done(`${CONFIG} is written, probe passwords are in ${SECRETS}`);
}

export function configurationText(lab: Pick<Lab, 'data' | 'ports'>): string {
  const document = new Document({
    fleet: {
      name: 'lab',
      redis: `unix:${redisSocket(lab)}`,
      schedules: SCHEDULES,
      rowBudget: ROW_BUDGET,
    },
    tenants: TENANTS.map((tenant) => configurationOf(lab, tenant)),
  });
  document.commentBefore = ' written by `npm run lab -- up`; do not edit';
  return document.toString();
}

async function ensureSecret(file: string): Promise<void> {
  if (existsSync(file)) return;
  await writeFileAtomic(file, randomBytes(SECRET_BYTES).toString('base64url'), { mode: 0o600 });
}

const configurationOf = (lab: Pick<Lab, 'ports'>, tenant: LabTenant): Record<string, unknown> => ({
  id: tenant.id,
  url: tenantUrl(tenant, lab.ports.ingress),
  database: tenant.id,
  tier: '99.9',
  timeZone: tenant.timeZone,
  platform: { cluster: 'lab', databaseHost: 'lab-pg', hostingModel: 'shared' },
  transports: ['rpc', 'browser'],
  consent: { level: 'full', by: 'the lab', until: quoted(oneYearFromNow()) },
  credentials: { login: PROBE_LOGIN, password: `file:secrets/${probeSecret(tenant)}` },
  provision: tenant.provision,
  edi: { syntax: 'ubl', channel: { kind: 'attachment' } },
});

function oneYearFromNow(): string {
  const day = new Date();
  day.setUTCFullYear(day.getUTCFullYear() + 1);
  return day.toISOString().slice(0, 10);
}

/** A bare date would be a date to other YAML readers. */
function quoted(text: string): Scalar {
  const scalar = new Scalar(text);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}
