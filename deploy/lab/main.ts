// `npm run lab -- COMMAND`: the command line of the lab. Exit codes: 0 done, 1 a step failed,
// 2 wrong usage, 3 (status) the lab is not up.
import { down, reset } from './down.ts';
import { LabFailure } from './failure.ts';
import { withLock } from './lock.ts';
import { line, printFailure, StepFailed, timer } from './output.ts';
import { labLock } from './places.ts';
import { status } from './status.ts';
import { up } from './up.ts';

const USAGE = `usage: npm run lab -- COMMAND

A real Odoo 19 with two tenants (north, south), PostgreSQL, Redis, nginx and Chromium on this
machine, for tests and for trying orderwatch out. Debian 12, root, no containers.

commands
  up        set up what is missing and start what is not running
  status    what runs, and whether the tenants answer (--json for programs); 3 if not all is up
  down      stop everything, keep the data
  reset     stop everything, delete the data of this clone's lab

examples
  npm run lab -- up
  npm run lab -- status --json
  npm run lab -- reset && npm run lab -- up    fresh tenants in half a minute

Machine-wide leftovers after a reset: Debian packages, the user orderwatch-lab and the cache in
/var/cache/orderwatch-lab (delete it for a newer Odoo from Debian sid).`;

const COMMANDS = { up, down, reset } as const;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h') || args[0] === 'help') {
    line(USAGE);
    return 0;
  }
  const [command = '', ...options] = args;
  if (command === 'status' && options.every((option) => option === '--json')) {
    return status({ json: options.length > 0 });
  }
  if (!isCommand(command) || options.length > 0) {
    console.error(USAGE);
    return 2;
  }
  requireRoot();
  process.umask(0o022);
  await withLock(labLock(), line, COMMANDS[command]);
  return 0;
}

const isCommand = (name: string): name is keyof typeof COMMANDS => Object.hasOwn(COMMANDS, name);

function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new LabFailure('the lab needs root: to install packages and to become its own user', {
    remedy: 'run the command as root, in a machine or container made for tests',
  });
}

const took = timer();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  if (!(thrown instanceof StepFailed)) printFailure('', thrown, took());
  process.exitCode = 1;
}
