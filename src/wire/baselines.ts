/** What observers have learned, read from the fleet's Redis, and a person's word that what is now is normal. */
import { type Usual, type UsualWindow, usualOf, windowsOf } from '../analysis/baseline/usual.ts';
import { type PlayedAs, playedAs } from '../analysis/watch/watch.ts';
import type { Config } from '../config/load.ts';
import type { Tenant } from '../domain/tenant.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { detectorIn } from '../roles/partition-watch.ts';
import { type Accept, Accepts } from '../store/accepts.ts';
import { Folds } from '../store/folds.ts';
import { openRedis } from './redis.ts';

/** An observer looks every few seconds. */
const HEARD_WITHIN_MS = 10_000;
const LOOK_AGAIN_MS = 250;

/** One step of one tenant's scenario, as it was played last. */
export interface Baseline extends PlayedAs {
  readonly tenant: string;
  readonly step: string;
  /** Now. */
  readonly usual: Usual;
  readonly windows: readonly UsualWindow[];
}

/** Rejects with Failed `state.unusable` (fleet) when Redis is not there. */
export async function readBaselines(
  config: Config,
  stateFolder: string,
  tenants: readonly Tenant[],
): Promise<readonly Baseline[]> {
  const { redis, keys, close } = await openRedis(config, stateFolder, systemClock);
  try {
    const folds = new Folds(redis, keys);
    const found: Baseline[] = [];
    for (const cluster of new Set(tenants.map(({ platform }) => platform.cluster))) {
      const { values } = await folds.read(cluster);
      const own = tenants.filter(({ platform }) => platform.cluster === cluster);
      found.push(...baselinesIn(values, own, systemClock.now()));
    }
    return found;
  } finally {
    await close();
  }
}

function baselinesIn(
  values: ReadonlyMap<string, unknown>,
  tenants: readonly Tenant[],
  nowMs: number,
): readonly Baseline[] {
  const detector = detectorIn(values);
  return tenants.flatMap(({ id: tenant }) =>
    [...(detector.fleet.tenants.get(tenant)?.scenarios ?? [])].flatMap(([scenario, { steps }]) =>
      [...steps.keys()].flatMap((step) => {
        const usual = usualOf(detector, { tenant, scenario, step, atMs: nowMs });
        if (usual === undefined) return [];
        const windows = windowsOf(detector, { tenant, scenario, step, fromMs: nowMs });
        return [{ tenant, ...playedAs(scenario), step, usual, windows }];
      }),
    ),
  );
}

/**
 * Takes how long these take now for normal. False when no observer heard it in ten seconds: the next one will. Rejects with
 * Failed `state.unusable` (fleet) when Redis is not there.
 */
export async function acceptNow(
  config: Config,
  stateFolder: string,
  told: readonly { readonly tenant: Tenant; readonly accept: Accept }[],
): Promise<boolean> {
  const clock = systemClock;
  const { redis, keys, close } = await openRedis(config, stateFolder, clock);
  try {
    const accepts = new Accepts(redis, keys);
    for (const { tenant, accept } of told) await accepts.add(tenant.platform.cluster, accept);
    const clusters = new Set(told.map(({ tenant }) => tenant.platform.cluster));
    return await heardBy(clock, accepts, [...clusters]);
  } finally {
    await close();
  }
}

async function heardBy(
  clock: Clock,
  accepts: Accepts,
  partitions: readonly string[],
): Promise<boolean> {
  const untilMs = clock.monotonic() + HEARD_WITHIN_MS;
  for (;;) {
    const waiting = await Promise.all(partitions.map((name) => accepts.waiting(name)));
    if (waiting.every(({ entries }) => entries === 0)) return true;
    if (clock.monotonic() > untilMs) return false;
    await clock.sleep(LOOK_AGAIN_MS);
  }
}
