/** Parsed tenants to domain values, and the laws that no single key can see. */
import { dirname } from 'node:path';
import type { BusinessCalendar } from '../domain/business-calendar.ts';
import type { Consent } from '../domain/consent.ts';
import { tenantId } from '../domain/ids.ts';
import type { Limits } from '../domain/limits.ts';
import type { Tenant } from '../domain/tenant.ts';
import { formatDuration, parseDuration } from '../lib/duration.ts';
import type { Secret } from '../lib/secret.ts';
import { compileBusinessCalendar, usualCalendar } from './business-calendars.ts';
import { dsnOf } from './databases.ts';
import { compileEdi } from './edi.ts';
import type { RawFleet, RawLimits, RawTenant } from './schema.ts';
import { secretReference } from './secrets.ts';
import type { Source } from './source.ts';
import { problem } from './terms.ts';

const DEFAULTS = { run: '60s', compensation: '60s', call: '45s', sweepGrace: '60s' } as const;
const DEFAULT_ROW_BUDGET = 20_000;
const LONGEST_RUN_MS = 3_600_000;

/** One problem at a path of one file; the message holds the remedy on its second line. */
export interface Complaint {
  readonly source: Source;
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export interface PlacedTenant {
  readonly source: Source;
  readonly index: number;
  readonly raw: RawTenant;
}

export function compileTenant(
  { source, raw }: PlacedTenant,
  fleet: RawFleet,
  world: { readonly env: NodeJS.ProcessEnv; readonly known: Set<Secret>; readonly nowMs: number },
): Tenant {
  const { login, password } = raw.credentials;
  const from = { folder: dirname(source.file), ...world };
  const limits = compileLimits(fleet.limits, raw.limits);
  const databaseDsn = dsnOf(raw.platform.databaseHost, fleet.databases, from);
  return {
    id: tenantId(raw.id),
    url: raw.url.replace(/\/+$/, ''),
    database: raw.database,
    tier: String(raw.tier),
    timeZone: raw.timeZone,
    platform: raw.platform,
    transports: raw.transports ?? ['rpc'],
    consent: compileConsent(raw.consent),
    limits,
    rowBudget: raw.rowBudget ?? fleet.rowBudget ?? DEFAULT_ROW_BUDGET,
    credentials: { login, password: secretReference(password, from) },
    provision: raw.provision,
    businessCalendar: calendarOf(raw, fleet, world.nowMs),
    // They follow from what is planned, which follows from the tenants.
    objectives: [],
    ...(databaseDsn === undefined ? {} : { databaseDsn }),
    ...(raw.edi === undefined ? {} : { edi: compileEdi(raw.edi, from, limits.runMs) }),
  };
}

function calendarOf(
  { businessCalendar: name = '', provision }: RawTenant,
  { businessCalendars = {} }: RawFleet,
  nowMs: number,
): BusinessCalendar {
  const raw = businessCalendars[name];
  return raw === undefined
    ? usualCalendar(provision.country, nowMs)
    : compileBusinessCalendar(raw, nowMs);
}

function compileConsent(raw: RawTenant['consent']): Consent {
  if (raw === undefined || raw.level === 'read-only') return { level: 'read-only' };
  return { level: raw.level, by: raw.by, untilMs: Date.parse(`${raw.until}T23:59:59.999Z`) };
}

/** A call's own default never exceeds the run's time: who shortens the run need not name the call. */
export function compileLimits(...layers: readonly (RawLimits | undefined)[]): Limits {
  const given = Object.assign({}, ...layers) as RawLimits;
  const ms = (key: keyof typeof DEFAULTS): number =>
    parseDuration(given[key] ?? DEFAULTS[key]) ?? 0;
  const runMs = ms('run');
  return {
    runMs,
    compensationMs: ms('compensation'),
    callMs: given.call === undefined ? Math.min(ms('call'), runMs) : ms('call'),
    sweepGraceMs: ms('sweepGrace'),
  };
}

export function compileArtifacts(raw: RawFleet['artifacts']): {
  readonly maxAgeMs: number;
  readonly maxBytes: number;
} {
  return {
    maxAgeMs: parseDuration(raw?.maxAge ?? '14d') ?? 0,
    maxBytes: (raw?.maxMegabytes ?? 1_000) * 1_000_000,
  };
}

/** Budgets that cannot work. */
export function limitComplaints(limits: Limits): readonly string[] {
  const complaints: string[] = [];
  const { runMs, compensationMs, callMs, sweepGraceMs } = limits;
  if (Math.min(runMs, compensationMs, callMs, sweepGraceMs) < 1_000) {
    complaints.push(
      problem('a limit is below 1 s', 'give run, compensation, call and sweepGrace at least 1s'),
    );
  }
  if (callMs > runMs) {
    const over = `call (${formatDuration(callMs)}) is longer than run (${formatDuration(runMs)})`;
    complaints.push(problem(over, 'shorten call or lengthen run'));
  }
  if (runMs + compensationMs > LONGEST_RUN_MS) {
    const sum = formatDuration(runMs + compensationMs);
    complaints.push(problem(`run and compensation take ${sum} together`, 'keep their sum to 1h'));
  }
  return complaints;
}

/** Two tenants of one id, or of one database. */
export function duplicateComplaints(tenants: readonly PlacedTenant[]): readonly Complaint[] {
  const first = new Map<string, PlacedTenant>();
  return tenants.flatMap((placed) => {
    const { id, url, database } = placed.raw;
    return [
      ['id', `id ${id}`, 'rename one of them'] as const,
      [
        'database',
        `database ${database} at ${plainUrl(url)}`,
        'keep one: it would be probed twice',
      ] as const,
    ].flatMap(([key, what, remedy]) => {
      const earlier = first.get(what);
      if (earlier === undefined) {
        first.set(what, placed);
        return [];
      }
      const where = `${earlier.source.file}:${earlier.source.lineOf(['tenants', earlier.index, key])}`;
      const path = ['tenants', placed.index, key];
      return [
        { source: placed.source, path, message: problem(`${what} is taken by ${where}`, remedy) },
      ];
    });
  });
}

/** One spelling for all that name the same place: capitals, the usual port, slashes at the end. */
const plainUrl = (url: string): string => new URL(url).href.replace(/\/+$/, '');
