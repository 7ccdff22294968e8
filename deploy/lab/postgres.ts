// The lab's own PostgreSQL cluster: on a unix socket only, owned by the lab's user, fast rather
// than durable. The host's clusters are not touched.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from './lab.ts';
import { runAsLab } from './run.ts';
import type { Service } from './service.ts';
import { until } from './wait.ts';
import { writeForLab } from './write.ts';

/** Names the socket file; no TCP port is opened. */
export const PG_PORT = 5599;
/** The cluster's owner; Odoo's own role may only create databases. */
export const PG_OWNER = 'lab';
export const PG_ODOO = 'odoo';

const BINARIES = '/usr/lib/postgresql';

export const socketFolder = (lab: Pick<Lab, 'data'>): string => join(lab.data, 'run');

export function postgres(lab: Lab): Service {
  const home = join(lab.data, 'postgres');
  const cluster = join(home, 'data');
  const log = join(lab.data, 'log/postgres.log');
  const socket = join(socketFolder(lab), `.s.PGSQL.${PG_PORT}`);
  const pidFile = join(cluster, 'postmaster.pid');
  return {
    name: 'postgres',
    where: socket,
    data: lab.data,
    home,
    pidFile,
    log,
    stopSignal: 'SIGINT',
    leftovers: [pidFile, socket, `${socket}.lock`],
    configure: async () => {
      await makeCluster(lab, home, cluster);
      return writeForLab(join(cluster, 'postgresql.conf'), postgresqlConf(lab));
    },
    launch: async () => {
      const pgCtl = join(binaries(), 'pg_ctl');
      await runAsLab(lab.data, [pgCtl, '-D', cluster, '-l', log, '-w', 'start'], {
        log: join(lab.data, 'log/pg_ctl.log'),
        cwd: home,
      });
    },
    isReady: (withinMs) => until(() => answers(lab), withinMs),
  };
}

/** Runs SQL as the cluster's owner and returns unaligned, tab-separated rows. */
export const psql = (lab: Pick<Lab, 'data'>, database: string, sql: string): Promise<string> =>
  runAsLab(
    lab.data,
    [
      ...['psql', '-XqAt', '-F', '\t', '-v', 'ON_ERROR_STOP=1', '-h', socketFolder(lab)],
      ...['-p', String(PG_PORT), '-U', PG_OWNER, '-d', database, '-f', '-'],
    ],
    { input: sql },
  );

export async function ensureOdooRole(lab: Lab): Promise<void> {
  const exists = await psql(lab, 'postgres', `select 1 from pg_roles where rolname='${PG_ODOO}'`);
  if (exists === '') await psql(lab, 'postgres', `create role ${PG_ODOO} login createdb`);
}

async function makeCluster(lab: Lab, home: string, cluster: string): Promise<void> {
  if (existsSync(join(cluster, 'PG_VERSION'))) return;
  const making = join(home, 'making');
  const log = join(lab.data, 'log/initdb.log');
  await runAsLab(lab.data, ['rm', '-rf', making, cluster]);
  await runAsLab(
    lab.data,
    [
      ...[join(binaries(), 'initdb'), '-D', making, '-U', PG_OWNER, '-A', 'trust'],
      ...['-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    ],
    { log },
  );
  await runAsLab(lab.data, ['mv', making, cluster]);
}

async function answers(lab: Lab): Promise<boolean> {
  try {
    return (await psql(lab, 'postgres', 'select 1')) === '1';
  } catch {
    return false;
  }
}

/** The newest server on the machine. */
export function binaries(): string {
  const versions = readdirSync(BINARIES)
    .map(Number)
    .filter((version) => existsSync(join(BINARIES, String(version), 'bin/initdb')));
  return join(BINARIES, String(Math.max(...versions)), 'bin');
}

const postgresqlConf = (lab: Lab): string => `# written by the lab; do not edit
listen_addresses = ''
unix_socket_directories = '${socketFolder(lab)}'
unix_socket_permissions = 0770
port = ${PG_PORT}
max_connections = 100
shared_buffers = 256MB
dynamic_shared_memory_type = posix
# A lab is made again in seconds: speed matters, a power failure does not.
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 512MB
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
`;
