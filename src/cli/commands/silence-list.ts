/** `orderwatch silence list` and `silence expire`: what alerts nobody now or soon, and the end of it. */
import { Argument, type Command } from 'commander';
import { type Config, loadWithScenarios } from '../../config/load.ts';
import { silencesBetween } from '../../domain/maintenance.ts';
import type { Silence } from '../../domain/silence.ts';
import { localText } from '../../domain/zone.ts';
import { systemClock } from '../../lib/clock.ts';
import { type Kept, openKept } from '../../wire/kept.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { configOption, jsonOption, stateOption, UsageError } from '../options.ts';
import { silenceTable, stateOf, zoneOf } from '../silence-output.ts';
import { print, printNote } from '../terminal.ts';

interface Options {
  readonly config: string;
  readonly state: string;
  readonly all?: true;
  readonly json?: true;
}

const DAY_MS = 86_400_000;
/** So far ahead is looked for the next time of a window: most are soon, and all days come in a year. */
const AHEAD_DAYS = [8, 32, 370] as const;

export function addSilenceList(silence: Command, done: (code: ExitCode) => void): void {
  silence
    .command('list')
    .description(
      'what alerts nobody now, and what will: also the next of each window of maintenance',
    )
    .addOption(configOption())
    .option('--all', 'also those that are over, of the last 400 days')
    .addOption(stateOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  orderwatch silence list --config orderwatch.yaml
  orderwatch silence list --config orderwatch.yaml --json | jq '.silences[] | select(.state == "active")'`,
    )
    .action(async (options: Options) => {
      done(await list(options));
    });
}

export function addSilenceExpire(silence: Command, done: (code: ExitCode) => void): void {
  silence
    .command('expire')
    .description('end a silence now')
    .addArgument(new Argument('<silence id>', 'as `silence list` names it'))
    .addOption(configOption())
    .addOption(stateOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exits 0 when it is over, also when it was before; 3 when nothing is kept of it.

Example:
  orderwatch silence expire --config orderwatch.yaml 20261123T140000000Z-123456`,
    )
    .action(async (id: string, options: Options) => {
      done(await expire(id, options));
    });
}

async function list({ all, json, ...options }: Options): Promise<ExitCode> {
  const { config, kept } = await withKept(options, ({ silences }) => silences.list());
  const nowMs = systemClock.now();
  const rows = [...kept, ...plannedNext(config, nowMs)]
    .map((one) => ({ state: stateOf(one, nowMs), ...one }))
    .filter(({ state }) => all === true || state !== 'over')
    .sort((a, b) => a.fromMs - b.fromMs);
  if (json === true) print(JSON.stringify({ silences: rows }, null, 2));
  else print(rows.length === 0 ? 'nothing is silent' : silenceTable(rows, config.tenants));
  return EXIT.passed;
}

/** Of each window the time that is now, if it is, and the next. */
function plannedNext({ maintenance }: Config, nowMs: number): readonly Silence[] {
  return maintenance.flatMap((window) => {
    const [tenant = ''] = window.tenants;
    const until = (days: number): readonly Silence[] =>
      silencesBetween([window], tenant, nowMs, nowMs + days * DAY_MS);
    const found = AHEAD_DAYS.map(until).find((some) => some.some((one) => one.fromMs > nowMs));
    const next = found?.findIndex((one) => one.fromMs > nowMs) ?? 0;
    return found?.slice(0, next + 1) ?? [];
  });
}

async function expire(id: string, { json, ...options }: Options): Promise<ExitCode> {
  const { config, kept } = await withKept(options, ({ silences }) => silences.expire(id));
  if (kept === undefined) {
    if (isPlanned(id, config)) {
      throw new UsageError(`${id} comes from the configuration; change fleet.maintenance there`);
    }
    printNote(`nothing is kept of ${id}; there are: orderwatch silence list`);
    return EXIT.nothingRan;
  }
  const zone = zoneOf(kept, config.tenants);
  const when =
    kept.toMs === kept.fromMs
      ? 'taken back before it began'
      : `over since ${localText(zone, kept.toMs)} (${zone})`;
  print(json === true ? JSON.stringify(kept, null, 2) : `${when}: ${kept.tenants.join(', ')}`);
  return EXIT.passed;
}

/** Whether it is the id of a window's time that runs now or comes next, as it is listed. */
const isPlanned = (id: string, config: Config): boolean =>
  plannedNext(config, systemClock.now()).some((one) => one.id === id);

async function withKept<T>(
  { config: file, state }: Pick<Options, 'config' | 'state'>,
  ask: (kept: Kept) => Promise<T>,
): Promise<{ readonly config: Config; readonly kept: T }> {
  const { config } = await loadWithScenarios(file);
  const { close, ...kept } = await openKept(config, state);
  try {
    return { config, kept: await ask(kept) };
  } finally {
    await close();
  }
}
