/** `orderwatch serve`: the fleet's services until it is told to stop, one line for every run. */
import { type Command, Option } from 'commander';
import type { Sink } from '../../alerting/sink.ts';
import { ConfigError } from '../../config/load.ts';
import { Failed } from '../../domain/failure.ts';
import type { RunReport } from '../../domain/report.ts';
import { imbalances } from '../../domain/residue.ts';
import { type Role, roles } from '../../domain/role.ts';
import type { Tenant } from '../../domain/tenant.ts';
import type { Replenishment } from '../../engine/replenish.ts';
import type { ResidueReport } from '../../engine/sweep.ts';
import { systemClock } from '../../lib/clock.ts';
import { describeThrown } from '../../lib/thrown.ts';
import type { AcceptedStep } from '../../roles/partition-watch.ts';
import { AlertLog } from '../../surface/alert-log.ts';
import { type HttpServer, serveHttp } from '../../surface/http.ts';
import { logRun, openLog } from '../../surface/log.ts';
import type { Fleet } from '../../wire/fleet.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import {
  addressArgument,
  collect,
  configOption,
  durationArgument,
  stateOption,
  UsageError,
} from '../options.ts';
import { failureLines, runLine } from '../run-output.ts';
import { Tally } from '../tally.ts';
import { print, printNote } from '../terminal.ts';

interface Options {
  readonly config: string;
  readonly role?: readonly string[];
  readonly for?: number;
  readonly grace: number;
  readonly listen: { readonly host: string; readonly port: number };
  readonly state: string;
  readonly artifacts?: string;
  readonly json?: true;
}

const GRACE_MS = 30_000;

export function addServe(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('serve')
    .description('play the scheduled scenarios of all tenants until told to stop')
    .addOption(configOption())
    .option('--role <name>', `only this service (${roles.join(', ')}); may be repeated`, collect)
    .option('--for <duration>', 'stop by itself after this time', durationArgument)
    .addOption(
      new Option('--grace <duration>', 'how long runs under way may go on when it stops')
        .argParser(durationArgument)
        .default(GRACE_MS, '30s'),
    )
    .addOption(
      new Option(
        '--listen <host:port>',
        'where /metrics, /healthz and /readyz are answered; port 0 takes a free one',
      )
        .argParser(addressArgument)
        .default({ host: '127.0.0.1', port: 9_464 }, '127.0.0.1:9464'),
    )
    .addOption(stateOption())
    .option(
      '--artifacts <folder>',
      'keep report, calls, page and trace of each run that did not pass',
    )
    .option('--json', 'print a JSON event instead of a line for every run')
    .addHelpText(
      'after',
      `
SIGTERM and Ctrl-C take no more runs, let those under way end within the grace or else undo what they made,
and exit 0. SIGHUP reads the configuration anew; a bad one is refused and the old one stays.
Without fleet.redis in the configuration a private Redis is started in the --state folder.

Examples:
  orderwatch serve --config orderwatch.yaml
  orderwatch serve --config orderwatch.yaml --for 2m
  orderwatch serve --config orderwatch.yaml --role worker --listen 0.0.0.0:9464 --json`,
    )
    .action(async (options: Options) => {
      done(await serve(options));
    });
}

async function serve(options: Options): Promise<ExitCode> {
  // What only this command needs would make all others start later.
  const { startFleet } = await import('../../wire/fleet.ts');
  const stop = new AbortController();
  const tally = new Tally();
  const fleet = await startFleet({
    configFile: options.config,
    stateFolder: options.state,
    ...(options.artifacts === undefined ? {} : { artifactsFolder: options.artifacts }),
    roles: rolesOf(options.role),
    ...tellers(options, tally),
  });
  let server: HttpServer | undefined;
  const signals = listen(stop, () => reload(fleet));
  try {
    server = await serveHttp(options.listen, fleet.pages);
    greet(fleet, server.url);
    await systemClock.sleep(options.for ?? FOR_EVER_MS, stop.signal).catch(() => undefined);
    printNote('stopping: nothing new is taken, runs under way end or undo what they made');
    return EXIT.passed;
  } finally {
    await fleet.stop(options.grace);
    await server?.close();
    signals.close();
    if (options.json !== true && tally.text() !== '') print(`\n${tally.text()}`);
  }
}

/** As long as a timer can wait. */
const FOR_EVER_MS = 2 ** 31 - 1;

function rolesOf(names: readonly string[] | undefined): ReadonlySet<Role> {
  const unknown = names?.find((name) => !roles.some((role) => role === name));
  if (unknown !== undefined) {
    throw new UsageError(`no role "${unknown}"; there are: ${roles.join(', ')}`);
  }
  return new Set(roles.filter((role) => names?.includes(role) ?? true));
}

function tellers(options: Options, tally: Tally) {
  const log = openLog(process.stdout);
  let last = '';
  // The same trouble every second is said once.
  const printOnce = (text: string): void => {
    if (text !== last) printNote(text);
    last = text;
  };
  return {
    onReport: (report: RunReport, tenant: Tenant | undefined): void => {
      if (options.json === true) {
        if (tenant !== undefined) logRun(log, report, tenant);
        return;
      }
      tally.add(report);
      print(runLine(report));
      const lines = failureLines(report, options);
      if (lines.length > 0) print(lines.join('\n'));
    },
    onSwept: ({ tenant, residue, books, actions, error }: ResidueReport): void => {
      const off = imbalances(books);
      if (off.length > 0) printOnce(`${tenant}: nothing is open, yet ${off.join(', ')}`);
      if (residue.length + actions.length === 0 && error === undefined) return;
      const left = residue.length === 0 ? 'nothing left open' : `${residue.length} left open`;
      const trouble = error === undefined ? '' : `; ${error.message}`;
      printNote(`${tenant}: swept in ${actions.length} actions, ${left}${trouble}`);
    },
    onReplenished: (replenishment: Replenishment): void => {
      const { tenant } = replenishment;
      if (replenishment.kind === 'refused') {
        printOnce(`${tenant}: stock is low: ${replenishment.reason}`);
      } else {
        printNote(`${tenant}: stock filled up from ${replenishment.from} to ${replenishment.to}`);
      }
    },
    onDead: ({ jobId, reason }: { readonly jobId: string; readonly reason: string }): void => {
      printNote(`dead letter ${jobId}: ${reason}`);
    },
    onAccepted: ({ tenant, scenario, transport, step }: AcceptedStep): void => {
      const what = `${tenant} ${scenario} ${transport}`;
      printNote(`${what}: "${step}" has been slow for so long that it is normal now`);
    },
    logSink: options.json === true ? new AlertLog(log) : printedIncidents,
    onTrouble: (error: unknown): void => {
      printOnce(error instanceof Failed ? error.failure.message : describeThrown(error));
    },
  };
}

/** A line when one begins, reaches further, or is over. */
const printedIncidents: Sink = {
  name: 'log',
  most: 100,
  send: (notices) => {
    for (const { incident, state } of notices) {
      printNote(`${state === 'firing' ? incident.severity : 'over'}: ${incident.title}`);
    }
    return Promise.resolve();
  },
};

async function reload(fleet: Fleet): Promise<void> {
  try {
    await fleet.reload();
    printNote(`configuration read anew: ${sizeOf(fleet)}`);
    printPlaces(fleet);
  } catch (error) {
    const text = error instanceof ConfigError ? error.message : describeThrown(error);
    printNote(`the configuration stays what it was: ${text}`);
  }
}

function greet(fleet: Fleet, url: string): void {
  if (fleet.privateRedis !== undefined) {
    printNote(`no fleet.redis is configured: a private Redis runs at ${fleet.privateRedis}`);
  }
  if (fleet.redisRisk !== undefined) {
    const why = `this Redis may lose slots and runs, for ${fleet.redisRisk}`;
    printNote(`fleet.allowUnsafeRedis is set: ${why}`);
  }
  printNote(`serving ${sizeOf(fleet)}; ${url}/metrics`);
  printPlaces(fleet);
}

function printPlaces(fleet: Fleet): void {
  const note = fleet.note();
  if (note !== undefined) printNote(note);
}

function sizeOf(fleet: Fleet): string {
  const { tenants, schedules } = fleet.config();
  return `${tenants.length} tenants, ${schedules.length} schedules`;
}

/** A second SIGTERM or Ctrl-C leaves at once. */
function listen(
  stop: AbortController,
  onHangUp: () => Promise<void>,
): { readonly close: () => void } {
  const end = (): void => {
    if (stop.signal.aborted) {
      printNote('left at once; the sweeper undoes what is still open after its deadline');
      process.exit(EXIT.interrupted);
    }
    stop.abort();
  };
  const hangUp = (): void => void onHangUp();
  process.on('SIGINT', end).on('SIGTERM', end).on('SIGHUP', hangUp);
  return {
    close: () => {
      process.off('SIGINT', end).off('SIGTERM', end).off('SIGHUP', hangUp);
    },
  };
}
