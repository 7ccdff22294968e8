/** The lab as tests see it: its tenants, configurations made from its own, and an administrator's eyes. */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { labPaths } from '../../deploy/lab/faults.ts';
import { Access, CallLog } from '../../src/engine/access.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { Secret } from '../../src/lib/secret.ts';
import { KnownUsers } from '../../src/odoo/known-users.ts';

export const tenants = ['north', 'south'] as const;
export type LabTenant = (typeof tenants)[number];

type Yaml = Record<string, unknown>;

export interface ConfigChange {
  /** Only these tenants; all when absent. */
  readonly tenants?: readonly LabTenant[];
  readonly limits?: Readonly<Record<string, string>>;
  /** Nothing is scheduled when absent. */
  readonly schedules?: readonly Yaml[];
  /** What is scheduled, at the tier, when absent. */
  readonly objectives?: readonly Yaml[];
  /** What is kept goes to the state folder when absent. */
  readonly redis?: string;
  /** Of the fleet's database hosts, by name: how PostgreSQL itself is looked at. */
  readonly databases?: Yaml;
  /** What one Redis keeps of fleets of different names is apart. */
  readonly name?: string;
  /** Merged over the rest of the fleet. */
  readonly fleet?: Yaml;
  /** Merged over each tenant. */
  readonly tenant?: (id: LabTenant) => Yaml;
}

/** A configuration file of its own in a new folder, made from the lab's. Secrets stay by reference. */
export async function labConfig(change: ConfigChange = {}): Promise<{
  readonly file: string;
  readonly folder: string;
}> {
  const { config } = labPaths();
  const raw = parse(await readFile(config, 'utf8')) as {
    fleet: Yaml;
    tenants: (Yaml & { id: LabTenant; credentials: { login: string; password: string } })[];
  };
  const chosen = raw.tenants
    .filter(({ id }) => (change.tenants ?? tenants).includes(id))
    .map((tenant) => ({
      ...tenant,
      // A test says so when it wants the browser.
      transports: ['rpc'],
      credentials: {
        ...tenant.credentials,
        password: tenant.credentials.password.replace(
          /^file:(.*)$/,
          (_, path: string) => `file:${resolve(dirname(config), path)}`,
        ),
      },
      ...change.tenant?.(tenant.id),
    }));
  // Nor is anything played but what a test asks for, and its state is in its own folder.
  const { schedules: _, redis: __, ...kept } = raw.fleet;
  const { limits, schedules, objectives, redis, databases, name } = change;
  const fleet = {
    ...kept,
    ...defined({ limits, schedules, objectives, redis, databases, name }),
    ...change.fleet,
  };
  const folder = await mkdtemp(join(tmpdir(), 'orderwatch-test-'));
  const file = join(folder, 'orderwatch.yaml');
  await writeFile(file, stringify({ fleet, tenants: chosen }));
  return { file, folder };
}

const defined = (values: Yaml): Yaml =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

export function tenantUrl(tenant: LabTenant): string {
  const url = labPaths().urls[tenant];
  if (url === undefined) throw new Error(`the lab has no tenant ${tenant}`);
  return url;
}

/** Tests look again and again, and each whole sign-in costs Odoo a password hash. */
const users = new KnownUsers();

/** The administrator's view of a tenant, all companies and archived records included. */
export async function admin(tenant: LabTenant): Promise<Access> {
  const call = { clock: systemClock, timeoutMs: 60_000, signal: new AbortController().signal };
  const endpoint = { url: tenantUrl(tenant), database: tenant };
  const account = { login: 'admin', secret: new Secret('admin') };
  const session = await users.open(endpoint, account, call);
  const free = { callMs: 60_000, signal: call.signal, fence: () => Promise.resolve() };
  const context = { active_test: false };
  return new Access(session, { ...free, context }, new CallLog(systemClock));
}

export async function probePassword(tenant: LabTenant): Promise<string> {
  const file = join(dirname(labPaths().config), `secrets/${tenant}-probe`);
  return (await readFile(file, 'utf8')).trim();
}

/** A session of the probe user itself. */
export async function probe(tenant: LabTenant): Promise<Access> {
  const secret = await probePassword(tenant);
  const call = { clock: systemClock, timeoutMs: 60_000, signal: new AbortController().signal };
  const endpoint = { url: tenantUrl(tenant), database: tenant };
  const account = { login: 'orderwatch-probe', secret: new Secret(secret) };
  const session = await users.open(endpoint, account, call);
  const free = { callMs: 60_000, signal: call.signal, fence: () => Promise.resolve() };
  return new Access(session, free, new CallLog(systemClock));
}
