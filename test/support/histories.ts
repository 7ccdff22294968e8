/**
 * Labelled histories of a simulated fleet: what probes show on ordinary days, closings and announced days, and in incidents of
 * each kind and size. Written for the detector's proof; no figure of it is measured on a customer.
 */
import { generator, type Random } from './random.ts';

export interface HistoryOptions {
  readonly seed: number;
  readonly tenants: number;
  readonly days: number;
}

export interface Incident {
  readonly kind: string;
  readonly large: boolean;
  readonly fromMs: number;
  readonly toMs: number;
  /** Of one tenant, or of all on a host. */
  readonly tenant?: string;
  readonly host?: string;
  /** Absent: all. */
  readonly scenario?: string;
  readonly step?: string;
  /** Natural logarithm of the factor. */
  readonly slower?: number;
  /** The slowness grows from nothing over so long. */
  readonly rampMs?: number;
  readonly failing?: number;
  /** Share of runs that are slower. */
  readonly share?: number;
  readonly release?: string;
}

export interface Release {
  readonly atMs: number;
  readonly tenant: string;
  readonly release: string;
  readonly scenario?: string;
  readonly slower: number;
}

export interface History {
  readonly incidents: readonly Incident[];
  readonly releases: readonly Release[];
  readonly lines: () => Iterable<Line>;
}

export type Line =
  | {
      readonly type: 'tenant';
      readonly t: number;
      readonly tenant: string;
      readonly host: string;
      readonly tz: string;
      readonly intervalMinutes: number;
      readonly calendar: Calendar;
    }
  | {
      readonly type: 'deploy';
      readonly t: number;
      readonly tenant: string;
      readonly release: string;
    }
  | Probe;

interface Probe {
  readonly type: 'probe';
  readonly t: number;
  readonly tenant: string;
  readonly scenario: string;
  readonly step: string;
  readonly ok: boolean;
  readonly ms: number;
}

interface Calendar {
  readonly holidays: readonly string[];
  readonly closing: {
    readonly fromBusinessDay: number;
    readonly toBusinessDay: number;
    readonly from: number;
    readonly to: number;
  };
  readonly windows: readonly {
    readonly name: string;
    readonly days: string;
    readonly from: number;
    readonly to: number;
  }[];
  readonly announced: readonly { readonly name: string; readonly date: string }[];
}

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
export const INTERVAL = 5 * MINUTE;
/** A Monday; daylight saving begins on day 83. */
export const START = Date.UTC(2026, 0, 5);
/** Incidents begin after so many days. */
export const QUIET_DAYS = 21;

const STEPS: Readonly<Record<string, readonly string[]>> = {
  order: ['create', 'confirm', 'read'],
  picking: ['reserve', 'validate'],
  invoicing: ['create', 'post', 'read'],
  login: ['login', 'load'],
};
const SCENARIOS = Object.keys(STEPS);
const ZONES = ['Europe/Berlin', 'Europe/London', 'America/New_York', 'Asia/Tokyo'];
const PER_HOST = 5;

/** Of a tenant's id. */
export const hostOf = (tenant: string): string =>
  `h${Math.floor((Number(tenant.slice(1)) - 1) / PER_HOST) + 1}`;

const pick = <T>(random: Random, list: readonly T[]): T =>
  list[Math.floor(random.even() * list.length)]!;

interface Tenant {
  readonly id: string;
  readonly host: string;
  readonly tz: string;
  readonly phase: number;
  readonly calendar: Calendar;
  readonly gaps: readonly (readonly [number, number])[];
  readonly series: readonly SeriesNature[];
  readonly closingUplift: number;
  readonly announcedUplift: number;
  readonly failing: number;
  readonly parts: Wander;
}

interface SeriesNature {
  readonly scenario: string;
  readonly step: string;
  readonly base: number;
  readonly daily: number;
  readonly morning: number;
  readonly peakAt: number;
  readonly noise: number;
  readonly outliers: number;
  readonly closing: number;
  readonly receiving: number;
  readonly wander: Wander;
}

/** Two parts that forget after 30 and 330 minutes. */
interface Wander {
  readonly deviation: number;
  fast: number;
  slow: number;
}

const wanderOf = (random: Random, deviation: number): Wander => ({
  deviation,
  fast: random.normal(),
  slow: random.normal(),
});
const KEEP_FAST = Math.exp(-5 / 30);
const KEEP_SLOW = Math.exp(-5 / 330);

function step(wander: Wander, random: Random): number {
  wander.fast = KEEP_FAST * wander.fast + Math.sqrt(1 - KEEP_FAST ** 2) * random.normal();
  wander.slow = KEEP_SLOW * wander.slow + Math.sqrt(1 - KEEP_SLOW ** 2) * random.normal();
  return (wander.deviation * (wander.fast + wander.slow)) / Math.SQRT2;
}

/** The same seed gives the same history, as often as it is read. */
export function historyOf(options: HistoryOptions): History {
  const random = generator(options.seed);
  const tenants = Array.from({ length: options.tenants }, (_, index) =>
    tenantOf(index, options, random),
  );
  const releases = releasesOf(tenants, options, random);
  const incidents = incidentsOf(tenants, releases, options, random);
  return { incidents, releases, lines: () => linesOf(options, incidents, releases) };
}

function tenantOf(index: number, { days }: HistoryOptions, random: Random): Tenant {
  const dates = Array.from({ length: 2 }, () => Math.floor(random.between(25, days)));
  const date = (day: number): string => new Date(START + day * DAY).toISOString().slice(0, 10);
  const own = random.between(0.06, 0.14);
  return {
    id: `t${String(index + 1).padStart(2, '0')}`,
    host: `h${Math.floor(index / PER_HOST) + 1}`,
    tz: ZONES[index % ZONES.length]!,
    phase: Math.floor(random.between(0, 200)) * 1_000,
    calendar: {
      holidays: [
        '2026-01-06',
        '2026-04-03',
        '2026-04-06',
        date(Math.floor(random.between(10, days))),
      ],
      closing: { fromBusinessDay: -1, toBusinessDay: 2, from: 9, to: 18 },
      windows: [
        { name: 'receiving peak', days: 'business', from: 7.5, to: 10 },
        { name: 'shipping cut-off', days: 'business', from: 14.5, to: 16 },
      ],
      announced: dates.map((day) => ({ name: 'promotion', date: date(day) })),
    },
    gaps: Array.from({ length: Math.ceil(days / 30) }, (_, month) => {
      const from = START + (month * 30 + random.between(0, 30)) * DAY;
      return [from, from + random.between(0.5, 4) * HOUR] as const;
    }),
    series: SCENARIOS.flatMap((scenario) =>
      STEPS[scenario]!.map((name) => natureOf(scenario, name, random)),
    ),
    closingUplift: random.between(0.15, 0.55),
    announcedUplift: random.between(0.2, 0.5),
    failing: random.between(0.0005, 0.004),
    parts: wanderOf(random, own * 0.6),
  };
}

function natureOf(scenario: string, name: string, random: Random): SeriesNature {
  return {
    scenario,
    step: name,
    base: Math.log(random.between(120, 2_500)),
    daily: random.between(0.1, 0.45),
    morning: random.between(0, 0.25),
    peakAt: random.between(10, 16),
    noise: random.between(0.07, 0.2),
    outliers: random.between(0.003, 0.02),
    closing: scenario === 'invoicing' ? 1 : random.between(0.2, 0.6),
    receiving: scenario === 'picking' ? random.between(0.15, 0.4) : 0,
    wander: wanderOf(random, random.between(0.04, 0.1)),
  };
}

function releasesOf(
  tenants: readonly Tenant[],
  { days }: HistoryOptions,
  random: Random,
): readonly Release[] {
  return tenants.flatMap(({ id }) => {
    const releases: Release[] = [];
    for (let day = 8 + random.between(0, 8); day < days - 2; day += random.between(5, 12)) {
      const bad = day > QUIET_DAYS && random.even() < 0.3;
      const atMs = Math.round(START + Math.floor(day) * DAY + random.between(6, 20) * HOUR);
      releases.push({
        atMs,
        tenant: id,
        release: `r${releases.length + 1}`,
        slower: bad ? Math.log(pick(random, [1.2, 1.35, 1.5, 1.5, 1.75, 2])) : 0,
        ...(bad ? { scenario: pick(random, SCENARIOS) } : {}),
      });
    }
    return releases;
  });
}

type Draw = Omit<Incident, 'fromMs' | 'toMs' | 'large'> & { readonly hours: number };

/** Kind by weight; sizes and lengths even within theirs. */
function drawIncident(tenants: readonly Tenant[], random: Random): Draw {
  const tenant = pick(random, tenants);
  const scenario = pick(random, SCENARIOS);
  const one = { tenant: tenant.id, scenario };
  const where = random.even() < 0.5 ? one : { ...one, step: pick(random, STEPS[scenario]!) };
  const slower = (...factors: readonly number[]): number => Math.log(pick(random, factors));
  const draw = random.even();
  if (draw < 0.36) {
    const size = slower(1.15, 1.25, 1.35, 1.5, 1.5, 2, 3);
    return { kind: 'slow', ...where, slower: size, hours: random.between(1, 10) };
  }
  if (draw < 0.5) {
    const failing = pick(random, [0.1, 0.25, 0.4, 0.6]);
    return { kind: 'partial', ...one, failing, hours: random.between(1.5, 8) };
  }
  if (draw < 0.58) return { kind: 'down', ...one, failing: 1, hours: random.between(0.4, 3) };
  if (draw < 0.68) {
    const share = random.between(0.1, 0.3);
    return { kind: 'tail', ...where, share, slower: slower(3, 4, 6), hours: random.between(3, 12) };
  }
  if (draw < 0.76) {
    const hours = random.between(24, 72);
    const size = slower(1.35, 1.5, 1.8);
    return { kind: 'drift', ...where, slower: size, rampMs: hours * HOUR, hours: hours + 12 };
  }
  if (draw < 0.86) {
    return { kind: 'short', ...where, slower: slower(1.6, 2, 3), hours: random.between(0.3, 0.75) };
  }
  if (draw < 0.92) {
    const size = slower(1.25, 1.35, 1.5, 2);
    return { kind: 'tenant', tenant: tenant.id, slower: size, hours: random.between(1, 6) };
  }
  if (draw < 0.97) {
    const what = random.even() < 0.75 ? { slower: slower(1.25, 1.35, 1.5, 2) } : { failing: 0.5 };
    return { kind: 'host', host: tenant.host, ...what, hours: random.between(0.7, 5) };
  }
  return { kind: 'shift', ...where, slower: slower(1.35, 1.5), hours: 24 * 365 };
}

const isLarge = ({ kind, slower = 0, failing = 0 }: Omit<Draw, 'hours'>): boolean =>
  kind !== 'tail' && (slower >= Math.log(1.499) || failing >= 0.25);

function incidentsOf(
  tenants: readonly Tenant[],
  releases: readonly Release[],
  { days }: HistoryOptions,
  random: Random,
): readonly Incident[] {
  const endMs = START + days * DAY;
  const released = releases
    .filter(({ slower }) => slower > 0)
    .map(({ atMs, tenant, scenario, slower, release }): Incident => {
      const toMs = atMs + random.between(6, 40) * HOUR;
      const large = slower >= Math.log(1.499);
      return {
        kind: 'release',
        large,
        fromMs: atMs,
        toMs,
        tenant,
        scenario: scenario!,
        slower,
        release,
      };
    });
  const incidents: Incident[] = [...released];
  const wanted = Math.round((tenants.length * (days - QUIET_DAYS)) / 5);
  for (let tries = 0; tries < wanted * 3 && incidents.length < wanted; tries += 1) {
    const { hours, ...draw } = drawIncident(tenants, random);
    const fromMs = Math.round(START + random.between(QUIET_DAYS, days - 1) * DAY);
    const toMs = Math.min(endMs, Math.round(fromMs + hours * HOUR));
    const one: Incident = { ...draw, large: isLarge(draw), fromMs, toMs };
    // A day between two of one tenant, so that each alert has one cause.
    if (incidents.some((other) => meets(one, other, tenants))) continue;
    incidents.push(one);
  }
  return incidents.sort((a, b) => a.fromMs - b.fromMs);
}

function meets(one: Incident, other: Incident, tenants: readonly Tenant[]): boolean {
  const end = ({ kind, fromMs, toMs }: Incident): number =>
    kind === 'shift' ? fromMs + 5 * DAY : toMs + DAY / 2;
  if (one.fromMs > end(other) || other.fromMs > end(one)) return false;
  const hostOf = ({ tenant, host }: Incident): string | undefined =>
    host ?? tenants.find(({ id }) => id === tenant)?.host;
  if (one.host !== undefined || other.host !== undefined) return hostOf(one) === hostOf(other);
  return one.tenant === other.tenant;
}

function* linesOf(
  options: HistoryOptions,
  incidents: readonly Incident[],
  releases: readonly Release[],
): Generator<Line> {
  // Anew, for their wander is state.
  const random = generator(options.seed);
  const tenants = Array.from({ length: options.tenants }, (_, index) =>
    tenantOf(index, options, random),
  );
  const inOrder = [...tenants].sort((a, b) => a.phase - b.phase);
  const hosts = new Map(tenants.map(({ host }) => [host, wanderOf(random, 0.04)]));
  for (const { id, host, tz, calendar } of tenants) {
    yield { type: 'tenant', t: START, tenant: id, host, tz, intervalMinutes: 5, calendar };
  }
  const clocks = new Map(tenants.map(({ id, tz }) => [id, clockOf(tz)]));
  const pending = [...releases].sort((a, b) => a.atMs - b.atMs);
  const current = new Map<string, readonly Incident[]>();
  for (let tick = 1; tick < (options.days * DAY) / INTERVAL; tick += 1) {
    const tickMs = START + tick * INTERVAL;
    const atHost = new Map([...hosts].map(([host, wander]) => [host, step(wander, random)]));
    if (tick % 3 === 1) {
      for (const one of tenants) current.set(one.id, incidentsNear(incidents, one, tickMs));
    }
    for (const one of inOrder) {
      const t = tickMs + one.phase;
      for (let next = pending[0]; next !== undefined && next.atMs <= t; next = pending[0]) {
        pending.shift();
        yield { type: 'deploy', t: next.atMs, tenant: next.tenant, release: next.release };
      }
      yield* probesOf(one, {
        t,
        hours: clocks.get(one.id)!(t),
        level: atHost.get(one.host)! + step(one.parts, random),
        incidents: current.get(one.id)!.filter(({ fromMs, toMs }) => t >= fromMs && t < toMs),
        random,
      });
    }
  }
}

const incidentsNear = (all: readonly Incident[], { id, host }: Tenant, t: number) =>
  all.filter(
    (one) =>
      (one.tenant === id || one.host === host) && one.fromMs < t + HOUR && one.toMs > t - HOUR,
  );

/** Local time as milliseconds; asked once an hour. */
function clockOf(zone: string): (t: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  let hour = 0;
  let offset = 0;
  return (t) => {
    if (Math.floor(t / HOUR) !== hour) {
      hour = Math.floor(t / HOUR);
      const [, day, month, year, clock] = /^(\d+)\/(\d+)\/(\d+), (.*)$/.exec(
        format.format(hour * HOUR),
      )!;
      offset = Date.parse(`${year}-${month}-${day}T${clock}Z`) - hour * HOUR;
    }
    return t + offset;
  };
}

interface Now {
  readonly t: number;
  /** Local time as if it were UTC. */
  readonly hours: number;
  readonly level: number;
  readonly incidents: readonly Incident[];
  readonly random: Random;
}

function* probesOf(tenant: Tenant, now: Now): Generator<Probe> {
  const { t, random, incidents } = now;
  const away = tenant.gaps.some(([from, to]) => t >= from && t < to);
  const day = dayOf(tenant, now.hours);
  let scenario = '';
  let stopped = false;
  let missing = false;
  for (const nature of tenant.series) {
    if (nature.scenario !== scenario) {
      scenario = nature.scenario;
      stopped = false;
      missing = away || random.even() < 0.005;
    }
    const wander = step(nature.wander, random);
    const noise = nature.noise * random.normal();
    if (stopped || missing) continue;
    const hit = incidents.filter(
      (one) => (one.scenario ?? scenario) === scenario && (one.step ?? nature.step) === nature.step,
    );
    const steps = STEPS[scenario]!.length;
    const failing = hit.reduce((sum, one) => sum + (one.failing ?? 0), tenant.failing);
    const ok = random.even() >= 1 - (1 - Math.min(1, failing)) ** (1 / steps);
    stopped = !ok;
    const slower = hit.reduce((sum, one) => sum + slownessOf(one, t, random), 0);
    const outlier = random.even() < nature.outliers ? random.between(0.7, 1.6) : 0;
    const y = nature.base + usualOf(nature, day) + now.level + wander + noise + slower + outlier;
    const ms = ok ? Math.max(1, Math.round(Math.exp(y))) : 30_000;
    yield { type: 'probe', t, tenant: tenant.id, scenario, step: nature.step, ok, ms };
  }
}

function slownessOf(one: Incident, t: number, random: Random): number {
  const { slower = 0, share, rampMs, fromMs } = one;
  if (share !== undefined) return random.even() < share ? slower : 0;
  return rampMs === undefined ? slower : slower * Math.min(1, (t - fromMs) / rampMs);
}

interface Day {
  readonly hour: number;
  readonly business: boolean;
  readonly closing: number;
  readonly announced: number;
}

function dayOf(tenant: Tenant, localMs: number): Day {
  const number = Math.floor(localMs / DAY);
  const hour = (localMs - number * DAY) / HOUR;
  const { holidays, announced } = tenant.calendar;
  const isBusiness = (day: number): boolean => {
    const weekday = (day + 4) % 7;
    return weekday !== 0 && weekday !== 6 && !holidays.includes(dateOf(day));
  };
  const business = isBusiness(number);
  const closes = business && hour >= 9 && hour < 18 && isClosing(number, isBusiness);
  const busy = business && hour >= 8 && hour < 19;
  const promoted = busy && announced.some(({ date }) => date === dateOf(number));
  return {
    hour,
    business,
    closing: closes ? tenant.closingUplift : 0,
    announced: promoted ? tenant.announcedUplift : 0,
  };
}

const dates = new Map<number, string>();
function dateOf(day: number): string {
  const known = dates.get(day) ?? new Date(day * DAY).toISOString().slice(0, 10);
  dates.set(day, known);
  return known;
}

/** The last business day of a month and the first two. */
function isClosing(day: number, isBusiness: (day: number) => boolean): boolean {
  const month = dateOf(day).slice(0, 7);
  let later = day + 1;
  while (!isBusiness(later)) later += 1;
  if (dateOf(later).slice(0, 7) !== month) return true;
  let count = 0;
  for (let one = day; dateOf(one).slice(0, 7) === month; one -= 1) count += isBusiness(one) ? 1 : 0;
  return count <= 2;
}

function usualOf(nature: SeriesNature, { hour, business, closing, announced }: Day): number {
  const near = (centre: number, width: number): number =>
    Math.exp(-0.5 * ((hour - centre) / width) ** 2);
  const daily = nature.daily * near(nature.peakAt, 3.5);
  if (!business) return daily * 0.25;
  const receiving = hour >= 7.5 && hour < 10 ? nature.receiving : 0;
  return daily + nature.morning * near(9, 1) + receiving + closing * nature.closing + announced;
}
