/** `npm run bench`: what runs of ours cost beside bare scripts that do the same, and the fleet beside a bare queue. */
import { parseArgs } from 'node:util';
import { table } from '../../src/cli/terminal.ts';
import { bench } from '../../test/bench/bench.ts';
import { type Lag, lag } from '../../test/bench/fleet/lag.ts';
import { type Observing, observing } from '../../test/bench/fleet/observing.ts';
import { type Throughput, throughput } from '../../test/bench/fleet/throughput.ts';
import type { Comparison, Spread } from '../../test/bench/statistics.ts';
import { tenants } from '../../test/support/lab.ts';
import { colours, labUp } from './steps.ts';

const USAGE = `usage: npm run bench -- [runs|fleet] [--rounds N] [--tenant north|south] [--json]

runs: times order confirmation through our engine and through bare scripts, in turns, on the lab:
  over rpc              a script with the npm package xmlrpc that makes the very same calls
  in the browser        a Playwright script in one open browser, the same with a browser per run,
                        and \`playwright test\` per run, with the same clicks and the same undo

fleet: runs that do nothing, on the lab's Redis (10 minutes)
  lag           1,000 schedules of ten seconds: from a slot to the beginning of its run
  throughput    2,000 runs due at once, through scheduler, queue, worker and report stream, in turns
                with the same jobs in BullMQ alone
  observer      1,000 tenants of ten series each: ten times as many reports as every five minutes
                bring, and how long others wait while it writes its page

Both when neither is named.

  --rounds N    measured rounds in the browser, three times as many over rpc (default: 9)
  --tenant ID   which tenant of the lab (default: north)
  --json        the last line is the table as JSON

Rows hold medians with their quartiles, and the same of the ratios inside each round. A ratio over
its goal is no error; a run that does not pass is. Nothing else should load the machine or the lab.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '9' },
    tenant: { type: 'string', default: 'north' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const rounds = Number(values.rounds);
const tenant = tenants.find((id) => id === values.tenant);
const PARTS = ['runs', 'fleet'];
const parts = positionals.length === 0 ? PARTS : positionals;
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const unknown = parts.some((part) => !PARTS.includes(part));
if (!Number.isSafeInteger(rounds) || rounds < 1 || tenant === undefined || unknown) {
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
  const how = { signal: stop.signal, say: console.error };
  const comparisons = parts.includes('runs') ? await bench({ tenant, rounds, ...how }) : [];
  const fleet = parts.includes('fleet')
    ? {
        lag: await lag(how),
        throughput: await throughput(how),
        observing: await observing(how),
      }
    : undefined;
  if (values.json) console.log(JSON.stringify({ tenant, rounds, comparisons, fleet }));
  else {
    if (comparisons.length > 0) console.log(shown(comparisons));
    if (fleet !== undefined) console.log(fleetShown(fleet));
  }
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
    verdict(met),
  ]);
  return table(head, rows);
}

function fleetShown(fleet: {
  readonly lag: Lag;
  readonly throughput: Throughput;
  readonly observing: Observing;
}): string {
  const { runs, medianMs, p99Ms, goalMs, met } = fleet.lag;
  const { oursPerSecond, barePerSecond, ratio, goal, met: fast } = fleet.throughput;
  const rows = [
    [
      'schedule lag, p99 of 1,000 schedules',
      `${p99Ms.toFixed(0)} ms (median ${medianMs.toFixed(0)}, ${runs} runs)`,
      '',
      '',
      `<= ${goalMs} ms`,
      verdict(met),
    ],
    [
      'no-op runs per second, BullMQ alone',
      spread(oursPerSecond, 0),
      spread(barePerSecond, 0),
      colours.bold(ratio.toFixed(2)),
      `>= ${goal.toFixed(2)}`,
      verdict(fast),
    ],
    ...observingRows(fleet.observing),
  ];
  return table(['', 'ours', 'reference', 'ratio', 'goal', ''], rows);
}

function observingRows({
  reportsPerSecond,
  lagP99Ms,
  cpuShare,
  residentMib,
  page,
  goalMs,
  met,
}: Observing): readonly (readonly string[])[] {
  const costs = `${(cpuShare * 100).toFixed(0)} % of a core, ${residentMib.toFixed(0)} MiB`;
  const takes = `${page.mib.toFixed(0)} MiB in ${page.seconds.toFixed(1)} s`;
  return [
    [
      `one observer, ${reportsPerSecond.toFixed(0)} reports a second, folded after (p99)`,
      `${lagP99Ms.toFixed(0)} ms (${costs})`,
      '',
      '',
      `<= ${goalMs} ms`,
      verdict(met),
    ],
    [
      'its page of 1,000 tenants, longest wait of others',
      `${page.blockedMs.toFixed(0)} ms (${takes})`,
      '',
      '',
      `<= ${page.goalMs} ms`,
      verdict(page.met),
    ],
  ];
}

function verdict(met: boolean): string {
  return met ? colours.green('met') : colours.yellow('missed');
}

function spread({ median, lower, upper }: Spread, digits: number): string {
  const [middle, from, to] = [median, lower, upper].map((value) => value.toFixed(digits));
  return `${middle} (${from}-${to})`;
}
