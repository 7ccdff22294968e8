/** What the owner of a partition knows of normal and of trouble in it. It is kept with the folded state. */
import { z } from 'zod';
import { Detector } from '../analysis/baseline/detector.ts';
import { restoredParts, savedParts } from '../analysis/baseline/state.ts';
import { feed, unwatched, type Watched, watch, watchedSchema } from '../analysis/watch/watch.ts';
import { type Deployment, GOING_OUT_MS } from '../domain/deployment.ts';
import { type Trouble, troubleSchema } from '../domain/incident.ts';
import type { Series } from '../domain/past-run.ts';
import type { RunReport } from '../domain/report.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Accept } from '../store/accepts.ts';

/** What was learned is kept so often: losing as much of it costs little, and one tenant's share is large. */
const SAVE_MS = 30_000;
/** Tenants; the others have their turn half a second later. */
const SAVED_AT_ONCE = 5;
/** Nobody ran it for so long: what was wrong then is no news any more. */
const STALE_MS = 24 * 3_600_000;

/** Before the names of what was learned. */
const LEARNED = 'baseline|';
const WATCH = 'watch|';
export const TROUBLES = 'troubles';
const DEPLOYED = 'deployed';
/** Of a tenant; each run says the interval of its own schedule. */
const USUAL_MINUTES = 5;

type Values = ReadonlyMap<string, unknown>;

const listSchema = z.array(z.unknown()).catch([]);

/** What is wrong in a partition, as its owner wrote it. One that a newer owner wrote is left out, not all with it. */
export function troublesOf(value: unknown): readonly Trouble[] {
  return listSchema.parse(value).flatMap((one) => troubleSchema.safeParse(one).data ?? []);
}

/** As its owner last kept it. */
export function detectorIn(values: Values): Detector {
  const texts = [...named(values, LEARNED)].flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  return new Detector(restoredParts(new Map(texts)));
}

/** What is so while reports are folded. */
export interface Circumstances {
  readonly nowMs: number;
  /** Of the partition, as configured. */
  readonly tenants: readonly Tenant[];
  /** Those of the last days, in any order. */
  readonly deployments: readonly Deployment[];
  /** Between two slots of what is played; undefined of what is planned no more. */
  readonly intervalMs: (series: Series) => number | undefined;
  /** Whether the tenant was being worked on. */
  readonly inMaintenance: (tenant: string, atMs: number) => boolean;
  /** Told of what was slow for so long that it is normal now; never throws. */
  readonly onAccepted: (accepted: AcceptedStep) => void;
}

export type AcceptedStep = Series & { readonly step: string };

export class PartitionWatch {
  readonly #detector: Detector;
  readonly #watched: Map<string, Watched>;
  /** As they were told last. */
  readonly #tenants = new Map<string, string>();
  /** Since when something was learned of a tenant that is not kept yet, by its id. */
  readonly #learned = new Map<string, number>();
  /** Ids of the deployments that were told. */
  #deployed: ReadonlySet<string>;
  #said = '';

  constructor(values: Values) {
    this.#detector = detectorIn(values);
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
      if (!this.#tenants.has(report.tenant)) continue;
      if (isDuringMaintenance(report, now)) this.#forget(nameOf(report), changed);
      else this.#take(report, now, changed);
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
    for (const one of said) {
      const { tenant, scenario, transport, step } = one;
      const known = this.#detector.fleet.tenants.get(tenant)?.scenarios.keys() ?? [];
      const played = [...known].filter((name) => name.startsWith(`${scenario}|${transport}|`));
      for (const name of played) this.#detector.accept(tenant, name, step);
      this.#noteLearned(tenant, 0);
      const name = nameOf(one);
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
    const due = [...this.#learned].filter(([, sinceMs]) => atOnce || nowMs - sinceMs >= SAVE_MS);
    const tenants = due.slice(0, atOnce ? due.length : SAVED_AT_ONCE).map(([id]) => id);
    for (const id of tenants) this.#learned.delete(id);
    const parts = tenants.flatMap((id) => [...savedParts(this.#detector.fleet, id)]);
    return new Map(parts.map(([name, text]) => [`${LEARNED}${name}`, text]));
  }

  #take(report: RunReport, now: Circumstances, changed: Map<string, unknown>): void {
    const accepted = feed(this.#detector, report, {
      intervalMinutes: (now.intervalMs(report) ?? USUAL_MINUTES * 60_000) / 60_000,
      isGoingOut: isGoingOut(now.deployments, report),
    });
    for (const step of accepted) {
      const { tenant, scenario, transport } = report;
      now.onAccepted({ tenant, scenario, transport, step });
    }
    const name = nameOf(report);
    const watched = watch(this.#watched.get(name), report, this.#detector);
    this.#noteLearned(report.tenant, now.nowMs);
    if (watched === undefined) return;
    this.#watched.set(name, watched);
    changed.set(`${WATCH}${name}`, watched);
  }

  #noteLearned(tenant: string, nowMs: number): void {
    if (!this.#learned.has(tenant)) this.#learned.set(tenant, nowMs);
  }

  /** What was wrong before somebody worked on it is no news afterwards. */
  #forget(name: string, changed: Map<string, unknown>): void {
    if (!this.#watched.has(name)) return;
    this.#watched.set(name, unwatched);
    changed.set(`${WATCH}${name}`, unwatched);
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
    for (const id of gone) {
      this.#tenants.delete(id);
      this.#detector.forget(id);
    }
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

  #troubles({ nowMs, intervalMs }: Circumstances): readonly Trouble[] {
    return [...this.#watched.values()].flatMap(({ trouble, recent }) => {
      const ranMs = recent.at(-1)?.atMs ?? 0;
      const isNews = trouble !== undefined && nowMs - ranMs < STALE_MS;
      const isPlayed = isNews && this.#tenants.has(trouble.tenant);
      return isPlayed && intervalMs(trouble) !== undefined ? [trouble] : [];
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

function isDuringMaintenance(
  { tenant, startedAt, finishedAt }: RunReport,
  { inMaintenance }: Circumstances,
): boolean {
  return [startedAt, finishedAt].some((at) => inMaintenance(tenant, Date.parse(at)));
}

function* named(values: Values, prefix: string): Generator<readonly [string, unknown]> {
  for (const [name, value] of values) {
    if (name.startsWith(prefix)) yield [name.slice(prefix.length), value];
  }
}

/** Under which a series is known among the folded values. */
export const nameOf = ({ tenant, scenario, transport }: Series): string =>
  `${tenant}|${scenario}|${transport}`;
