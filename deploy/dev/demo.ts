/** `npm run demo`: the lab, then the main job in front of your eyes: two minutes of the fleet, and what it says of them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { colours, labUp, orderwatch, ROOT } from './steps.ts';

const CONFIG = ['--config', '.lab/orderwatch.yaml'] as const;
/** At least three orders of each tenant, by call and by click, and two logins. */
const SERVED_MS = 140_000;

labUp();
const codes = [
  chapter('What the two tenants offer', 'doctor', ...CONFIG),
  await serveForAWhile(),
  chapter('Every slot is accounted for', 'ledger', ...CONFIG, '--since', '10m'),
  chapter('What is left in the tenants', 'residue', ...CONFIG, '--now'),
];
console.log(`
Where to look next
  go on serving               npx orderwatch serve --config .lab/orderwatch.yaml
  one run of everything       npx orderwatch run --config .lab/orderwatch.yaml
  break something meanwhile   npm run lab -- down
  Odoo itself                 npm run lab -- status shows both URLs; log in as admin / admin
  your own Odoo               README.md, "Your own Odoo in ten lines"
  stop the lab                npm run lab -- down`);
process.exitCode = Math.max(...codes);

function chapter(title: string, ...args: readonly string[]): number {
  announce(title, args);
  return orderwatch(...args);
}

function announce(title: string, args: readonly string[]): void {
  console.log(`\n${colours.bold(title)}`);
  console.log(colours.dim(`$ npx orderwatch ${args.join(' ')}`));
}

/** Serves, shows the indicators while they are served, stops it as a cluster would, and answers its exit code. */
async function serveForAWhile(): Promise<number> {
  const args = ['serve', ...CONFIG, '--listen', '127.0.0.1:0'];
  announce('The fleet for two minutes: each line is one run, by call or by click', args);
  const command = ['dist/src/cli/main.js', ...args];
  const served = spawn(process.execPath, command, {
    cwd: ROOT,
    stdio: ['inherit', 'inherit', 'pipe'],
  });
  const ended = once(served, 'exit') as Promise<[number | null]>;
  let page = '';
  served.stderr.setEncoding('utf8').on('data', (text: string) => {
    process.stderr.write(text);
    page ||= /http:\S+\/metrics/.exec(text)?.[0] ?? '';
  });
  // Ctrl-C reaches it too; what it says is worth waiting for.
  process.on('SIGINT', () => undefined);
  const wait = AbortSignal.timeout(SERVED_MS);
  await Promise.race([ended, once(wait, 'abort')]);
  const indicators = page === '' ? '' : await indicatorsAt(page);
  served.kill('SIGTERM');
  const [code] = await ended;
  console.log(`\n${colours.bold('The indicators, as Prometheus scrapes them')}`);
  console.log(colours.dim(`$ curl ${page}`));
  console.log(indicators);
  return code ?? 1;
}

/** The lines that say how it went; buckets and helps are many. */
async function indicatorsAt(page: string): Promise<string> {
  const text = await fetch(page).then(
    (answer) => answer.text(),
    (error: unknown) => String(error),
  );
  const shown = /^(?:orderwatch_(?:runs_total|slots_total|last_success|residue)|probe_)/;
  return text
    .split('\n')
    .filter((line) => shown.test(line))
    .join('\n');
}
