// Hands the finished databases to orderwatch's own `provision`, which makes the synthetic company,
// its warehouse and the probe user: the lab is set up the way a customer's tenant is.
import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { LabFailure } from './failure.ts';
import { line, type Say } from './output.ts';
import { CLONE, COMMAND, CONFIG } from './places.ts';

export async function provision(say: Say): Promise<void> {
  if (!existsSync(COMMAND)) {
    say.done('skipped: orderwatch is not built yet; `npm run build`, then `up` again');
    return;
  }
  say.starting('orderwatch sets up company, warehouse and probe user in each tenant');
  const child = execa('node', [COMMAND, 'provision', '--config', CONFIG], {
    cwd: CLONE,
    env: { ORDERWATCH_ADMIN_LOGIN: 'admin', ORDERWATCH_ADMIN_PASSWORD: 'admin' },
    stdin: 'ignore',
    all: true,
    reject: false,
  });
  for await (const text of child.iterable({ from: 'all' })) line(`     | ${text}`);
  const { exitCode } = await child;
  if (exitCode !== 0) {
    throw new LabFailure(`orderwatch provision ended with code ${exitCode ?? 'none'}`, {
      remedy: 'see its output above, then run `npm run lab -- up` again',
    });
  }
  say.done('both tenants are ready for probes');
}
