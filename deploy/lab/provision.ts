// Hands the finished databases to orderwatch's own `provision`, which makes the synthetic company,
// its warehouse and the probe user: the lab is set up the way a customer's tenant is.
import { execa } from 'execa';
import { LabFailure } from './failure.ts';
import { line, type Say } from './output.ts';
import { CLONE, COMMAND, CONFIG } from './places.ts';
import { TENANTS } from './tenants.ts';

/** Both tenants at once: each waits mostly for its own Odoo worker. */
export async function provision(say: Say): Promise<void> {
  say.starting('orderwatch sets up company, warehouse and probe user in each tenant');
  const results = await Promise.allSettled(TENANTS.map(({ id }) => provisionTenant(id)));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  say.done('both tenants are ready for probes');
}

async function provisionTenant(tenant: string): Promise<void> {
  const args = [COMMAND, 'provision', '--config', CONFIG, '--tenant', tenant];
  const child = await execa('node', args, {
    cwd: CLONE,
    env: { ORDERWATCH_ADMIN_LOGIN: 'admin', ORDERWATCH_ADMIN_PASSWORD: 'admin' },
    stdin: 'ignore',
    all: true,
    reject: false,
  });
  for (const text of child.all.split('\n')) line(`     | ${text}`);
  if (child.exitCode === 0) return;
  throw new LabFailure(`orderwatch provision ended with code ${child.exitCode ?? 'none'}`, {
    remedy: 'see its output above, then run `npm run lab -- up` again',
  });
}
