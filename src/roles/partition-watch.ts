/** What the owner of a partition knows of normal and of trouble in it. It is kept with the folded state. */
import { z } from 'zod';
import { Detector } from '../analysis/baseline/detector.ts';
import { restoredParts, savedParts } from '../analysis/baseline/state.ts';
import { feed, type Watched, watch, watchedSchema } from '../analysis/watch/watch.ts';
import { type Deployment, GOING_OUT_MS } from '../domain/deployment.ts';
import type { Trouble } from '../domain/incident.ts';
import type { RunReport } from '../domain/report.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Accept } from '../store/accepts.ts';

/** What was learned is kept so often: losing as much of it costs little, and one tenant's share is large. */
const SAVE_MS = 30_000;
/** Nobody ran it for so long: what was wrong then is no news any more. */
const STALE_MS = 24 * 3_600_000;

/** Before the names of what was learned. */
export const LEARNED = 'baseline|';
const WATCH = 'watch|';
export const TROUBLES = 'troubles';
const DEPLOYED = 'deployed';
/** Of a tenant; each run says the interval of its own schedule. */
const USUAL_MINUTES = 5;

type Values = ReadonlyMap<string, unknown>;

/** What is so while reports are folded. */
export interface Circumstances {
  readonly nowMs: number;
  /** Of the partition, as configured. */
  readonly tenants: readonly Tenant[];
  /** Those of the last days, in any order. */
  readonly deployments: readonly Deployment[];
  /** Between two slots of what was played. */
  readonly intervalMs: (series: RunReport) => number;
  /** Whether the tenant was being worked on. */
  readonly inMaintenance: (tenant: string, atMs: number) => boolean;
}

export class PartitionWatch {
  readonly #detector: Detector;
  readonly #watched: Map<string, Watched>;
  /** As they were told last. */
  readonly #tenants = new Map<string, string>();
  readonly #learned = new Set<string>();
  /** Ids of the deployments that were told. */
  #deployed: ReadonlySet<string>;
  #said = '';
  #savedMs = 0;

  constructor(values: Values) {
    const texts = [...named(values, LEARNED)].flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value] as const] : [],
    );
    this.#detector = new Detector(restoredParts(new Map(texts)));
    this.#watched = new Map(
      [...named(values, WATCH)].flatMap(([name, value]) => {
        const { data } = watchedSchema.safeParse(value);
        return data === undefined ? [] : [[name, data] as const];
      }),
    );
    this.#deployed = new Set(z.array(z.string()).catch([]).parse(values.get(DEPLOYED)));
  }

  /** What changes of the values with these reports, in the order in which they came. */
  fold(reports: readonly RunReport[], now: Circumstances): Map<string, unknown> {
    const changed = new Map<string, unknown>();
    this.#tellTenants(now);
    this.#tellDeployments(now, changed);
    for (const report of reports) {
      const finishedMs = Date.parse(report.finishedAt);
      const isOurs = this.#tenants.has(report.tenant);
      if (!isOurs || now.inMaintenance(report.tenant, finishedMs)) continue;
      this.#take(report, now, changed);
    }
    const troubles = this.#troubles(now);
    const text = JSON.stringify(troubles);
    if (text !== this.#said) changed.set(TROUBLES, troubles);
    this.#said = text;
    return changed;
  }

  /** How long these take now is normal from now on; what changes of the values. */
  accept(said: readonly Accept[]): Map<string, unknown> {
    const changed = new Map<string, unknown>();
    for (const { tenant, scenario, transport, step } of said) {
      const known = this.#detector.fleet.tenants.get(tenant)?.scenarios.keys() ?? [];
      const played = [...known].filter((name) => name.startsWith(`${scenario}|${transport}|`));
      for (const name of played) this.#detector.accept(tenant, name, step);
      this.#learned.add(tenant);
      const name = `${tenant}|${scenario}|${transport}`;
      const watched = this.#watched.get(name);
      if (watched?.trouble === undefined || watched.trouble.kind === 'failures') continue;
      const { trouble: _, ...well } = watched;
      this.#watched.set(name, well);
      changed.set(`${WATCH}${name}`, well);
    }
    return changed;
  }

  /** What was learned since it was last kept; nothing while that is not long ago. */
  learned(nowMs: number, { atOnce = false } = {}): ReadonlyMap<string, unknown> {
    if (this.#learned.size === 0) return new Map();
    if (!atOnce && nowMs - this.#savedMs < SAVE_MS) return new Map();
    this.#savedMs = nowMs;
    const parts = [...this.#learned].flatMap((id) => [...savedParts(this.#detector.fleet, id)]);
    this.#learned.clear();
    return new Map(parts.map(([name, text]) => [`${LEARNED}${name}`, text]));
  }

  #take(report: RunReport, now: Circumstances, changed: Map<string, unknown>): void {
    feed(this.#detector, report, {
      intervalMinutes: now.intervalMs(report) / 60_000,
      isGoingOut: isGoingOut(now.deployments, report),
    });
    const name = nameOf(report);
    const watched = watch(this.#watched.get(name), report, this.#detector);
    this.#learned.add(report.tenant);
    if (watched === undefined) return;
    this.#watched.set(name, watched);
    changed.set(`${WATCH}${name}`, watched);
  }

  #tellTenants({ tenants, nowMs }: Circumstances): void {
    const gone = new Set(this.#tenants.keys());
    for (const tenant of tenants) {
      gone.delete(tenant.id);
      const { id, timeZone, platform, businessCalendar: calendar } = tenant;
      const text = JSON.stringify([timeZone, platform, calendar]);
      if (this.#tenants.get(id) === text) continue;
      this.#tenants.set(id, text);
      this.#detector.tenant({
        t: nowMs,
        tenant: id,
        host: platform.databaseHost,
        tz: timeZone,
        intervalMinutes: USUAL_MINUTES,
        calendar,
      });
    }
    for (const id of gone) this.#tenants.delete(id);
  }

  #tellDeployments({ deployments }: Circumstances, changed: Map<string, unknown>): void {
    const news = deployments.filter(({ id }) => !this.#deployed.has(id));
    if (news.length === 0) return;
    for (const { atMs, version, tenants } of news.toSorted((a, b) => a.atMs - b.atMs)) {
      for (const tenant of tenants) this.#detector.deploy({ t: atMs, tenant, release: version });
    }
    this.#deployed = new Set(deployments.map(({ id }) => id));
    changed.set(DEPLOYED, [...this.#deployed]);
  }

  #troubles({ nowMs }: Circumstances): readonly Trouble[] {
    return [...this.#watched.values()].flatMap(({ trouble, recent }) => {
      const ranMs = recent.at(-1)?.atMs ?? 0;
      const isNews = trouble !== undefined && nowMs - ranMs < STALE_MS;
      return isNews && this.#tenants.has(trouble.tenant) ? [trouble] : [];
    });
  }
}

function isGoingOut(
  deployments: readonly Deployment[],
  { tenant, finishedAt }: RunReport,
): boolean {
  const atMs = Date.parse(finishedAt);
  return deployments.some(
    (one) => one.tenants.includes(tenant) && atMs >= one.atMs && atMs - one.atMs < GOING_OUT_MS,
  );
}

function* named(values: Values, prefix: string): Generator<readonly [string, unknown]> {
  for (const [name, value] of values) {
    if (name.startsWith(prefix)) yield [name.slice(prefix.length), value];
  }
}

const nameOf = ({ tenant, scenario, transport }: RunReport): string =>
  `${tenant}|${scenario}|${transport}`;
