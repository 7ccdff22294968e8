// Odoo 19 comes from Debian's sid suite: downloaded through package lists of our own (the host's
// apt never sees sid), unpacked once per machine, run by the system's Python without installation.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { LabFailure } from './failure.ts';
import { withLock } from './lock.ts';
import type { Say } from './output.ts';
import { CACHE, stepLog } from './places.ts';
import { run } from './run.ts';

const PACKAGE = 'odoo-19';
const TREES = join(CACHE, 'odoo');
const APT = join(CACHE, 'apt');
const LOG = stepLog('odoo-package');
const FALLBACK_MIRROR = 'http://deb.debian.org/debian/';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

export const codeOf = (tree: string): string => join(tree, 'usr/lib/python3/dist-packages');
export const versionOf = (tree: string): string => basename(tree);

export const odooArgv = (tree: string, args: readonly string[]): string[] => [
  '/usr/bin/python3',
  join(tree, 'usr/bin/odoo'),
  ...args,
];

export const odooEnvironment = (tree: string): Record<string, string> => ({
  PYTHONPATH: codeOf(tree),
  // A scheduled action that a test calls for begins at once and not within the next minute.
  ODOO_NOTIFY_CRON_CHANGES: '1',
});

/** The unpacked package: the given one if it is still there, else the machine's newest, else sid's. */
export async function ensureOdooPackage(known: string | undefined, say: Say): Promise<string> {
  const present = findTree(known);
  if (present !== undefined) {
    say.done(`Odoo ${versionOf(present)} is unpacked in ${present}`);
    return present;
  }
  return withLock('odoo', say.starting, async () => {
    const meanwhile = findTree(known);
    if (meanwhile !== undefined) {
      say.done(`Odoo ${versionOf(meanwhile)} was unpacked by another lab`);
      return meanwhile;
    }
    say.starting(`downloading ${PACKAGE} from Debian sid, about 120 MB (log ${LOG})`);
    const tree = await unpack(await download());
    say.done(`Odoo ${versionOf(tree)} unpacked into ${tree}`);
    return tree;
  });
}

function findTree(known: string | undefined): string | undefined {
  if (known !== undefined && existsSync(known)) return known;
  if (!existsSync(TREES)) return undefined;
  const versions = readdirSync(TREES).filter((name) => /^\d/.test(name));
  const newest = versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  return newest === undefined ? undefined : join(TREES, newest);
}

async function download(): Promise<string> {
  rmSync(join(APT, 'deb'), { recursive: true, force: true });
  for (const folder of ['lists/partial', 'archives/partial', 'deb']) {
    mkdirSync(join(APT, folder), { recursive: true });
  }
  const list = join(APT, 'sid.list');
  writeFileSync(list, `deb [signed-by=${KEYRING}] ${await mirror()} sid main\n`);
  await aptSid(list, ['update']);
  await aptSid(list, ['download', PACKAGE]);
  const deb = readdirSync(join(APT, 'deb')).find((name) => name.startsWith(`${PACKAGE}_`));
  if (deb === undefined) {
    throw new LabFailure(`apt-get downloaded no ${PACKAGE}`, {
      log: LOG,
      remedy: `does Debian sid still hold ${PACKAGE}? (\`rmadison ${PACKAGE}\`)`,
    });
  }
  return join(APT, 'deb', deb);
}

const aptSid = (list: string, args: readonly string[]): Promise<string> =>
  run(
    [
      ...['apt-get', '-q', '-o', `Dir::Etc::sourcelist=${list}`, '-o', 'Dir::Etc::sourceparts=-'],
      ...['-o', `Dir::State::Lists=${APT}/lists`, '-o', `Dir::Cache=${APT}`],
      // Nobody installs from these lists, and the suite's file may be past its date.
      ...['-o', 'Acquire::Check-Valid-Until=false', '-o', 'APT::Sandbox::User=root', ...args],
    ],
    { log: LOG, cwd: join(APT, 'deb'), remedy: 'is a Debian mirror within reach? then `up` again' },
  );

/** The mirror the host itself uses. */
async function mirror(): Promise<string> {
  const format = '$(ORIGIN) $(CODENAME) $(REPO_URI)';
  const targets = await run(['apt-get', 'indextargets', '--format', format]);
  const row = targets.split('\n').find((target) => /^Debian [a-z]+ /.test(target));
  return row?.split(' ')[2] ?? FALLBACK_MIRROR;
}

async function unpack(deb: string): Promise<string> {
  const version = (await run(['dpkg-deb', '-f', deb, 'Version'])).trim();
  mkdirSync(TREES, { recursive: true });
  for (const name of readdirSync(TREES)) {
    if (name.startsWith('.')) rmSync(join(TREES, name), { recursive: true });
  }
  const making = mkdtempSync(join(TREES, '.making-'));
  await run(['dpkg', '-x', deb, making], { log: LOG });
  linkSharedFiles(making);
  // The lab's user cannot write byte code here, and without it every start takes twice as long.
  const compile = ['/usr/bin/python3', '-m', 'compileall', '-q', '-j', '0', '-x', '/tests/'];
  await run([...compile, codeOf(making)], { log: LOG });
  await run(['chmod', '0755', making]);
  const tree = join(TREES, version);
  renameSync(making, tree);
  return tree;
}

/** Some static files are relative links to these; without them every page answers 500. */
function linkSharedFiles(tree: string): void {
  for (const name of ['javascript', 'fonts', 'fonts-font-awesome']) {
    const link = join(tree, 'usr/share', name);
    if (!existsSync(link)) symlinkSync(join('/usr/share', name), link);
  }
}
