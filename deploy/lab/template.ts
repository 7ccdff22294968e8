// The template database: Odoo's modules with demo data in two languages, made once per machine and
// kept as a dump, because making it takes a minute and restoring it two seconds.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ADD_ON, addOnHash, addOnsPath } from './add-on.ts';
import { LabFailure } from './failure.ts';
import type { Lab } from './lab.ts';
import { withLock } from './lock.ts';
import { dataDir } from './odoo.ts';
import { odooArgv, odooEnvironment, versionOf } from './odoo-package.ts';
import type { Say } from './output.ts';
import { CACHE, stepLog } from './places.ts';
import { PG_ODOO, PG_PORT, psql, socketFolder } from './postgres.ts';
import { runAsLab } from './run.ts';
import { dropDatabase, keepTemplate } from './template-files.ts';

/** Raised when the way the template is made changes otherwise than in the lists below. */
const RECIPE = 1;

// account_peppol: creating a French company would install it in the middle of that call.
const MODULES = [
  ...['sale_management', 'sale_stock', 'account', 'purchase', 'sale_edi_ubl'],
  ...['purchase_edi_ubl_bis3', 'l10n_us', 'l10n_fr_account', 'account_peppol', ADD_ON],
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
    await install(lab);
    await verify(lab);
    await odooCommand(lab, ['shell', ...connection(lab), '--no-http'], MAKE_BUNDLES);
    await keepTemplate(lab, BUILDING, { cached, about: aboutTemplate(lab) });
    await dropDatabase(lab, BUILDING);
    return cached;
  });
}

const aboutTemplate = (lab: Lab): object => ({
  odoo: versionOf(lab.odoo),
  recipe: RECIPE,
  modules: MODULES,
  addOn: addOnHash(),
  languages: LANGUAGES,
});

function keyOf(tree: string): string {
  const what = createHash('sha256')
    .update([...MODULES, ...LANGUAGES, MAKE_BUNDLES, addOnHash()].join(' '))
    .digest('hex');
  return `${versionOf(tree)}-r${RECIPE}-${what.slice(0, 8)}`;
}

async function install(lab: Lab): Promise<void> {
  await dropDatabase(lab, BUILDING);
  const languages = LANGUAGES.join(',');
  await odooCommand(lab, [
    ...['server', ...connection(lab), '-i', MODULES.join(','), '--with-demo'],
    ...[`--load-language=${languages}`, '--no-http', '--stop-after-init'],
  ]);
}

// Copies then start with the web client's bundles in place, as a tenant in use has them.
const MAKE_BUNDLES = `
def make(name, kind):
    getattr(env['ir.qweb']._get_asset_bundle(name, css=kind == 'css', js=kind == 'js'), kind)()

for name in ('web.assets_web', 'web.assets_frontend_minimal', 'web.assets_frontend_lazy',
             'bus.websocket_worker_assets'):
    make(name, 'js')
for name in ('web.assets_web', 'web.assets_web_print', 'web.assets_frontend'):
    make(name, 'css')
env.cr.commit()
`;

const connection = (lab: Lab): string[] => [
  ...['-c', '/dev/null', '-d', BUILDING, '-D', dataDir(lab)],
  ...['--addons-path', addOnsPath(lab)],
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
