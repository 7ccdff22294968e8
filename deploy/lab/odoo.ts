// The Odoo server of the lab: two HTTP workers for both tenants, as in shared hosting, so that
// one tenant can really slow down the other.
import { join } from 'node:path';
import { ADD_ON, addOnHash, addOnsPath } from './add-on.ts';
import type { Lab } from './lab.ts';
import { odooArgv, odooEnvironment } from './odoo-package.ts';
import { ODOO_ADDRESS } from './ports.ts';
import { PG_ODOO, PG_PORT, socketFolder } from './postgres.ts';
import { isAlive } from './processes.ts';
import { spawnAsLab } from './run.ts';
import type { Service } from './service.ts';
import { until } from './wait.ts';
import { writeForLab } from './write.ts';

export const dataDir = (lab: Pick<Lab, 'data'>): string => join(lab.data, 'odoo');

export function odoo(lab: Lab): Service {
  const home = dataDir(lab);
  const conf = join(home, 'odoo.conf');
  const pidFile = join(home, 'odoo.pid');
  const log = join(lab.data, 'log/odoo.log');
  let launched: number | undefined;
  const isOver = (): boolean => launched !== undefined && !isAlive(launched);
  const url = `http://${ODOO_ADDRESS}:${lab.ports.odoo}`;
  return {
    name: 'odoo',
    where: url,
    data: lab.data,
    home,
    pidFile,
    log,
    stopSignal: 'SIGTERM',
    leftovers: [pidFile],
    configure: () => writeForLab(conf, odooConf(lab, pidFile)),
    launch: () => {
      launched = spawnAsLab(lab.data, odooArgv(lab.odoo, ['server', '-c', conf]), {
        log,
        cwd: home,
        env: odooEnvironment(lab.odoo),
      });
      return Promise.resolve();
    },
    isReady: async (withinMs) => {
      await until(async () => isOver() || (await isHealthy(url)), withinMs);
      return isHealthy(url);
    },
  };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/web/health`, { signal: AbortSignal.timeout(2000) });
    await answer.text();
    return answer.ok;
  } catch {
    return false;
  }
}

const odooConf = (lab: Lab, pidFile: string): string => `# written by the lab; do not edit
; ${ADD_ON} ${addOnHash()}, which a running server does not load again
[options]
addons_path = ${addOnsPath(lab)}
data_dir = ${dataDir(lab)}
pidfile = ${pidFile}
db_host = ${socketFolder(lab)}
db_port = ${PG_PORT}
db_user = ${PG_ODOO}
http_interface = ${ODOO_ADDRESS}
http_port = ${lab.ports.odoo}
gevent_port = ${lab.ports.gevent}
workers = 2
; All scheduled actions are off in the tenants, until a test switches one on. Without any, the cron
; worker asks each tenant for them once a minute and keeps no connection to it.
max_cron_threads = 1
proxy_mode = True
dbfilter = ^%d$
list_db = False
; Odoo 19 warns in five lines about every XML-RPC call.
log_handler = :INFO,odoo.addons.rpc:ERROR
`;
