/** `npm run bench`: how long runs of ours take beside bare scripts that do the same on the same lab. */
import { parseArgs } from 'node:util';
import { table } from '../../src/cli/terminal.ts';
import { bench } from '../../test/bench/bench.ts';
import type { Comparison, Spread } from '../../test/bench/statistics.ts';
import { tenants } from '../../test/support/lab.ts';
import { colours, labUp } from './steps.ts';

const USAGE = `usage: npm run bench -- [--rounds N] [--tenant north|south] [--json]

Times order confirmation through our engine and through bare scripts, in turns, on the lab:
  over rpc              a script with the npm package xmlrpc that makes the very same calls
  in the browser        a Playwright script in one open browser, the same with a browser per run,
                        and \`playwright test\` per run, with the same clicks and the same undo

  --rounds N    measured rounds in the browser, three times as many over rpc (default: 9)
  --tenant ID   which tenant of the lab (default: north)
  --json        the last line is the table as JSON

Rows hold medians with their quartiles, and the same of the ratios inside each round. A ratio over
its goal is no error; a run that does not pass is. Nothing else should load the machine or the lab.`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    tenant: { type: 'string', default: 'north' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const rounds = Number(values.rounds);
const tenant = tenants.find((id) => id === values.tenant);
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
if (!Number.isSafeInteger(rounds) || rounds < 1 || tenant === undefined) {
  console.error(USAGE);
  process.exit(2);
}

labUp();
const stop = new AbortController();
// A browser that is closed in the middle of a sample leaves a draft behind: Odoo saves a dirty form.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    console.error('stopping after the sample under way');
    stop.abort();
  });
}
try {
  const comparisons = await bench({ tenant, rounds, signal: stop.signal, say: console.error });
  console.log(values.json ? JSON.stringify({ tenant, rounds, comparisons }) : shown(comparisons));
} catch (error) {
  if (!stop.signal.aborted) throw error;
  process.exitCode = 130;
}

function shown(comparisons: readonly Comparison[]): string {
  const head = ['', 'ours, ms', 'reference, ms', 'ratio', 'ratio per round', 'goal', ''];
  const rows = comparisons.map(({ name, oursMs, referenceMs, ratio, roundRatio, goal, met }) => [
    name,
    spread(oursMs, 0),
    spread(referenceMs, 0),
    colours.bold(ratio.toFixed(2)),
    spread(roundRatio, 2),
    `<= ${goal.toFixed(2)}`,
    met ? colours.green('met') : colours.yellow('missed'),
  ]);
  return table(head, rows);
}

function spread({ median, lower, upper }: Spread, digits: number): string {
  const [middle, from, to] = [median, lower, upper].map((value) => value.toFixed(digits));
  return `${middle} (${from}-${to})`;
}
