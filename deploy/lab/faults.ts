// What tests use to break the lab and to mend it, through the same code as `up` and `down`.

import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EdiFolders, ediFolders } from './edi.ts';
import { ingress } from './ingress.ts';
import { currentLab } from './lab.ts';
import { dataDir, odoo } from './odoo.ts';
import { CONFIG } from './places.ts';
import { PG_OWNER, PG_PORT, postgres, psql, socketFolder } from './postgres.ts';
import { redis, redisSocket } from './redis.ts';
import { pidOf, startService, stopService } from './service.ts';
import { TENANTS, tenantUrl } from './tenants.ts';

export interface LabPaths {
  /** The running data of the lab. */
  readonly folder: string;
  readonly config: string;
  /** Tenant id -> URL through the ingress. */
  readonly urls: Readonly<Record<string, string>>;
  readonly redisSocket: string;
  /** Tenant id -> folders of its EDI add-on. */
  readonly edi: Readonly<Record<string, EdiFolders>>;
  /** Odoo finds add-ons that a test puts here; new code needs a restart. */
  readonly addons: string;
  readonly postgres: {
    readonly socketFolder: string;
    readonly port: number;
    readonly user: string;
  };
  /** Runs SQL as the cluster's owner; rows are lines, columns are separated by tabs. */
  readonly psql: (database: string, sql: string) => Promise<string>;
}

export function labPaths(): LabPaths {
  const lab = currentLab();
  return {
    folder: lab.data,
    config: CONFIG,
    urls: Object.fromEntries(TENANTS.map((it) => [it.id, tenantUrl(it, lab.ports.ingress)])),
    redisSocket: redisSocket(lab),
    edi: Object.fromEntries(TENANTS.map((it) => [it.id, ediFolders(lab, it)])),
    addons: join(dataDir(lab), 'addons/19.0'),
    postgres: { socketFolder: socketFolder(lab), port: PG_PORT, user: PG_OWNER },
    psql: (database, sql) => psql(lab, database, sql),
  };
}

/** The process whose children are Odoo's workers. */
export const odooPid = (): number | undefined => pidOf(odoo(currentLab()));

/** Restarts Odoo with more lines in its configuration, until `startOdoo` restarts it with its own. */
export async function restartOdoo(more: string): Promise<string> {
  const lab = currentLab();
  const service = odoo(lab);
  await stopService(service);
  const configure = async (): Promise<boolean> => {
    await service.configure();
    await appendFile(join(dataDir(lab), 'odoo.conf'), more);
    return true;
  };
  return await startService({ ...service, configure });
}

export const stopOdoo = (): Promise<string> => stopService(odoo(currentLab()));
export const startOdoo = (): Promise<string> => startService(odoo(currentLab()));
export const stopIngress = (): Promise<string> => stopService(ingress(currentLab()));
export const startIngress = (): Promise<string> => startService(ingress(currentLab()));
export const stopPostgres = (): Promise<string> => stopService(postgres(currentLab()));
export const startPostgres = (): Promise<string> => startService(postgres(currentLab()));
export const stopRedis = (): Promise<string> => stopService(redis(currentLab()));
export const startRedis = (): Promise<string> => startService(redis(currentLab()));
