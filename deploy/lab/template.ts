// The template database: Odoo's modules with demo data in two languages, made once per machine and
// kept as a dump, because making it takes a minute and restoring it two seconds.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabFailure } from './failure.ts';
import type { Lab } from './lab.ts';
import { withLock } from './lock.ts';
import { dataDir } from './odoo.ts';
import { odooArgv, odooEnvironment, versionOf } from './odoo-package.ts';
import type { Say } from './output.ts';
import { CACHE, stepLog } from './places.ts';
import { binaries, PG_ODOO, PG_PORT, psql, socketFolder } from './postgres.ts';
import { runAsLab } from './run.ts';

/** Raised when the way the template is made changes otherwise than in the lists below. */
const RECIPE = 1;

// account_peppol: creating a French company would install it in the middle of that call.
const MODULES = [
  ...['sale_management', 'sale_stock', 'account', 'purchase', 'sale_edi_ubl'],
  ...['purchase_edi_ubl_bis3', 'l10n_us', 'l10n_fr_account', 'account_peppol'],
];
const LANGUAGES = ['en_US', 'fr_FR'];

const TEMPLATES = join(CACHE, 'template');
const LOG = stepLog('template');
const TEN_MINUTES = 600_000;
const BUILDING = 'lab_building';

/** The folder of the cached template, made now if this machine has none. */
export async function ensureTemplate(lab: Lab, say: Say): Promise<string> {
  const cached = join(TEMPLATES, keyOf(lab.odoo));
  if (existsSync(cached)) return cached;
  return withLock('template', say.starting, async () => {
    if (existsSync(cached)) return cached;
    say.starting(`making the template database, about 100 s: no dump in ${TEMPLATES} (log ${LOG})`);
    await build(lab);
    await verify(lab);
    await keep(lab, cached);
    await dropDatabase(lab, BUILDING);
    return cached;
  });
}

/** Makes a database and its file store from the cached template. */
export async function restoreTemplate(lab: Lab, cached: string, name: string): Promise<void> {
  await dropDatabase(lab, name);
  await psql(lab, 'postgres', `create database ${name} owner ${PG_ODOO} template template0`);
  await runAsLab(
    lab.data,
    [
      ...[join(binaries(), 'pg_restore'), '-h', socketFolder(lab), '-p', String(PG_PORT)],
      ...['-U', PG_ODOO, '--no-owner', '--no-comments', '--exit-on-error', '-j2', '-d', name],
      join(cached, 'database.dump'),
    ],
    { log: stepLog('databases') },
  );
  const files = filestore(lab, name);
  await runAsLab(lab.data, ['mkdir', '-p', files]);
  await runAsLab(lab.data, ['tar', '-C', files, '-xf', join(cached, 'filestore.tar')]);
}

export async function dropDatabase(lab: Lab, name: string): Promise<void> {
  await psql(lab, 'postgres', `drop database if exists ${name} with (force)`);
  await runAsLab(lab.data, ['rm', '-rf', filestore(lab, name)]);
}

export const filestore = (lab: Lab, name: string): string => join(dataDir(lab), 'filestore', name);

function keyOf(tree: string): string {
  const what = createHash('sha256')
    .update([...MODULES, ...LANGUAGES, MAKE_BUNDLES].join(' '))
    .digest('hex');
  return `${versionOf(tree)}-r${RECIPE}-${what.slice(0, 8)}`;
}

async function build(lab: Lab): Promise<void> {
  await dropDatabase(lab, BUILDING);
  const languages = LANGUAGES.join(',');
  await odooCommand(lab, [
    ...['server', ...connection(lab), '-i', MODULES.join(','), '--with-demo'],
    ...[`--load-language=${languages}`, '--no-http', '--stop-after-init'],
  ]);
  await odooCommand(lab, ['shell', ...connection(lab), '--no-http'], MAKE_BUNDLES);
}

// Copies then start with the web client's bundles in place, as a tenant in use has them.
const MAKE_BUNDLES = `
def make(name, kind):
    getattr(env['ir.qweb']._get_asset_bundle(name, css=kind == 'css', js=kind == 'js'), kind)()

for name in ('web.assets_web', 'web.assets_frontend_minimal', 'web.assets_frontend_lazy'):
    make(name, 'js')
for name in ('web.assets_web', 'web.assets_web_print', 'web.assets_frontend'):
    make(name, 'css')
env.cr.commit()
`;

const connection = (lab: Lab): string[] => [
  ...['-c', '/dev/null', '-d', BUILDING, '-D', dataDir(lab)],
  ...['--db_host', socketFolder(lab), '--db_port', String(PG_PORT), '-r', PG_ODOO],
];

async function odooCommand(lab: Lab, args: readonly string[], input?: string): Promise<void> {
  await runAsLab(lab.data, odooArgv(lab.odoo, args), {
    log: LOG,
    env: odooEnvironment(lab.odoo),
    timeoutMs: TEN_MINUTES,
    ...(input === undefined ? {} : { input }),
  });
}

/** Odoo can end with code 0 although a module or a language was not loaded. */
async function verify(lab: Lab): Promise<void> {
  const list = (values: readonly string[]): string => values.map((it) => `'${it}'`).join(',');
  const counts = await psql(
    lab,
    BUILDING,
    `select
       (select count(*) from ir_module_module
         where state = 'installed' and name in (${list(MODULES)})),
       (select count(*) from res_lang where active and code in (${list(LANGUAGES)}))`,
  );
  if (counts !== `${MODULES.length}\t${LANGUAGES.length}`) {
    throw new LabFailure(`the template lacks modules or languages (found ${counts})`, {
      log: LOG,
      remedy: 'read the log for the module that was not loaded',
    });
  }
}

/** Written aside and renamed, so that other labs see all of it or nothing. */
async function keep(lab: Lab, cached: string): Promise<void> {
  mkdirSync(TEMPLATES, { recursive: true });
  for (const name of readdirSync(TEMPLATES)) {
    if (name.startsWith('.')) rmSync(join(TEMPLATES, name), { recursive: true });
  }
  const dump = join(lab.data, 'run/database.dump');
  const tar = join(lab.data, 'run/filestore.tar');
  await runAsLab(lab.data, [
    ...[join(binaries(), 'pg_dump'), '-h', socketFolder(lab), '-p', String(PG_PORT)],
    ...['-U', PG_ODOO, '-Fc', '-Z1', '-d', BUILDING, '-f', dump],
  ]);
  await runAsLab(lab.data, ['tar', '-C', filestore(lab, BUILDING), '-cf', tar, '.']);
  const making = mkdtempSync(join(TEMPLATES, '.making-'));
  for (const file of [dump, tar]) {
    await copyFile(file, join(making, file.slice(file.lastIndexOf('/') + 1)));
    rmSync(file);
  }
  const about = {
    odoo: versionOf(lab.odoo),
    recipe: RECIPE,
    modules: MODULES,
    languages: LANGUAGES,
  };
  writeFileSync(join(making, 'about.json'), `${JSON.stringify(about, null, 2)}\n`);
  chmodSync(making, 0o755);
  for (const name of readdirSync(making)) chmodSync(join(making, name), 0o644);
  renameSync(making, cached);
}
