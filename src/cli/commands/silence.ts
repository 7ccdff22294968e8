/** `orderwatch silence`: says that something is known or planned, so that nobody is alerted, and ends that again. */
import { randomInt } from 'node:crypto';
import { type Command, Option } from 'commander';
import { type Config, loadWithScenarios } from '../../config/load.ts';
import type { Silence } from '../../domain/silence.ts';
import { unscheduledSlot } from '../../domain/slot.ts';
import { localText } from '../../domain/zone.ts';
import { systemClock } from '../../lib/clock.ts';
import { type Kept, openKept } from '../../wire/kept.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import {
  chooseTenants,
  collect,
  configOption,
  jsonOption,
  nameArgument,
  reasonArgument,
  sameOptions,
  stateOption,
  UsageError,
} from '../options.ts';
import { zoneOf } from '../silence-output.ts';
import { type SpanWords, spanOf } from '../silence-span.ts';
import { print } from '../terminal.ts';
import { addSilenceExpire, addSilenceList } from './silence-list.ts';

interface AddOptions extends SpanWords {
  readonly config: string;
  readonly state: string;
  readonly tenant: readonly string[];
  readonly scenario?: string;
  readonly reason: string;
  readonly by: string;
  readonly maintenance?: true;
  readonly json?: true;
}

export function addSilence(program: Command, done: (code: ExitCode) => void): void {
  const silence = program
    .command('silence')
    .description('say what is known or planned, so that it alerts nobody')
    .addHelpText('after', '\nExample:\n  orderwatch silence list --config orderwatch.yaml');
  addAdd(silence, done);
  addSilenceList(silence, done);
  addSilenceExpire(silence, done);
}

function addAdd(silence: Command, done: (code: ExitCode) => void): void {
  silence
    .command('add')
    .description('alert nobody of these tenants for a while')
    .addOption(configOption())
    .addOption(
      new Option('--tenant <id>', 'of this tenant; may be repeated')
        .argParser(collect)
        .makeOptionMandatory(),
    )
    .option('--scenario <id>', 'only of this scenario')
    .option('--for <duration>', 'so long, such as 2h; at most 30d')
    .option('--until <instant>', 'until then, such as 2026-11-24T22:00')
    .option('--from <instant>', 'from then on; from now on when absent')
    .option('--zone <name>', 'of instants without a zone; the tenant’s when absent')
    .addOption(new Option('--reason <text>', 'why').argParser(reasonArgument).makeOptionMandatory())
    .addOption(new Option('--by <name>', 'who says so').argParser(nameArgument).default('hand'))
    .option('--maintenance', 'planned: counts against no objective either, and teaches nothing')
    .addOption(stateOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
What happens is seen and kept all the same; only nobody is alerted. Maintenance that comes again and again is
written in the configuration: fleet.maintenance.

Examples:
  orderwatch silence add --config orderwatch.yaml --tenant north --for 2h --reason "ticket 4711"
  orderwatch silence add --config orderwatch.yaml --tenant north --maintenance --reason "new disks" \\
    --from 2026-11-24T22:00 --until 2026-11-25T02:00`,
    )
    .action(async (options: AddOptions) => {
      done(await add(options));
    });
}

async function add(options: AddOptions): Promise<ExitCode> {
  const { config, scenarios } = await loadWithScenarios(options.config);
  const { scenario, json } = options;
  if (scenario !== undefined && !scenarios.has(scenario)) {
    throw new UsageError(
      `no scenario "${scenario}"; there are: ${[...scenarios.keys()].join(', ')}`,
    );
  }
  if (scenario !== undefined && options.maintenance === true) {
    throw new UsageError('--maintenance is of a whole tenant; leave --scenario or it out');
  }
  const silence = silenceOf(options, config);
  await withSilences(options, config, (silences) => silences.add(silence));
  const zone = zoneOf(silence, config.tenants);
  const span = [silence.fromMs, silence.toMs].map((ms) => localText(zone, ms)).join(' to ');
  if (json === true) print(JSON.stringify(silence, null, 2));
  else {
    print(`silent: ${silence.tenants.join(', ')} from ${span} (${zone})`);
    print(`end it sooner with: orderwatch silence expire ${silence.id} ${sameOptions(options)}`);
  }
  return EXIT.passed;
}

function silenceOf(options: AddOptions, config: Config): Silence {
  const nowMs = systemClock.now();
  const tenants = chooseTenants(config.tenants, options.tenant);
  const zones = tenants.map(({ timeZone }) => timeZone);
  const { scenario, reason, by, maintenance } = options;
  return {
    v: 1,
    id: unscheduledSlot(nowMs, randomInt(1_000_000)),
    kind: maintenance === true ? 'maintenance' : 'silence',
    tenants: tenants.map(({ id }) => id),
    ...(scenario === undefined ? {} : { scenario }),
    ...spanOf(options, zones, nowMs),
    reason,
    by,
  };
}

async function withSilences(
  { state }: Pick<AddOptions, 'state'>,
  config: Config,
  work: (silences: Kept['silences']) => Promise<void>,
): Promise<void> {
  const { silences, close } = await openKept(config, state);
  try {
    await work(silences);
  } finally {
    await close();
  }
}
