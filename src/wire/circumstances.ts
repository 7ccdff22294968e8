/** What is so around the runs that observers fold: what was deployed lately, who is being worked on, how often it is played. */
import type { Deployment } from '../domain/deployment.ts';
import { maintenanceIn, silencesBetween } from '../domain/maintenance.ts';
import type { Series } from '../domain/past-run.ts';
import { slotsPerDay } from '../domain/schedule.ts';
import { isSilenced, type Silence } from '../domain/silence.ts';
import type { Clock } from '../lib/clock.ts';
import { fresh } from '../lib/fresh.ts';
import { Deployments } from '../store/deployments.ts';
import type { Records } from '../store/records.ts';
import { Silences } from '../store/silences.ts';
import type { LiveConfig } from './live-config.ts';

const DAY_MS = 86_400_000;
/** Somebody who records a deployment or a silence wants it to count soon. */
const READ_EVERY_MS = 5_000;
/** Older deployments explain nothing that begins now. */
const LATELY_MS = 2 * DAY_MS;

interface Now {
  /** Newest first. */
  readonly deployments: readonly Deployment[];
  readonly silences: readonly Silence[];
  readonly inMaintenance: (tenant: string, atMs: number) => boolean;
}

interface Circumstances {
  /** Rejects with Failed `state.unusable`. */
  readonly circumstances: () => Promise<Now>;
  /** As far as was read. */
  readonly maintenance: ReturnType<typeof maintenanceIn>;
}

export function circumstancesOf(records: Records, live: LiveConfig, clock: Clock): Circumstances {
  const [deployed, silenced] = [new Deployments(records, clock), new Silences(records, clock)];
  let asked: readonly Silence[] = [];
  const circumstances = fresh(clock, READ_EVERY_MS, async () => {
    const nowMs = clock.now();
    asked = await silenced.list();
    const silences = [...asked, ...recurring(live, nowMs)];
    const maintenance = silences.filter(({ kind }) => kind === 'maintenance');
    return {
      deployments: await deployed.list(nowMs - LATELY_MS),
      silences,
      inMaintenance: (tenant: string, atMs: number) =>
        isSilenced(maintenance, { tenant }, atMs) !== undefined,
    };
  });
  return {
    circumstances,
    maintenance: (...span) => maintenanceIn(live.now.maintenance, asked)(...span),
  };
}

/** Each once, though several tenants share it. */
function recurring(
  { now: { maintenance, tenants } }: LiveConfig,
  nowMs: number,
): readonly Silence[] {
  const all = tenants.flatMap(({ id }) =>
    silencesBetween(maintenance, id, nowMs - DAY_MS, nowMs + DAY_MS),
  );
  return [...new Map(all.map((silence) => [silence.id, silence])).values()];
}

/** Between two slots, on the average of its days; undefined of what is planned no more. */
export function intervalMsOf(live: LiveConfig, series: Series): number | undefined {
  const schedule = live.scheduleOf(series);
  if (schedule === undefined) return undefined;
  const { timing } = schedule;
  return timing.kind === 'every' ? timing.everyMs : DAY_MS / Math.max(1, slotsPerDay(schedule));
}
