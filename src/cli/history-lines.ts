/** The lines of a history that is replayed: tenants and deployments by schema, probes by a check that five million of them can afford. */
import { z } from 'zod';
import type { DeployLine, ProbeLine, TenantLine } from '../analysis/baseline/fleet.ts';
import { parseJson } from '../lib/json.ts';

export type HistoryLine =
  | ({ readonly type: 'tenant' } & TenantLine)
  | ({ readonly type: 'deploy' } & DeployLine)
  | ({ readonly type: 'probe' } & ProbeLine);

/** The latest instant that a date can have. */
const LATEST = 8.64e15;
const instant = z.int().min(0).max(LATEST);
const name = z.string().min(1).max(200);
const date = z.iso.date();
const hour = z.number().min(0).max(24);
const businessDay = z
  .int()
  .min(-23)
  .max(23)
  .refine((day) => day !== 0, 'business days count from 1, or from -1 at the end of the month');

const calendarSchema = z.object({
  holidays: z.array(date).readonly().default([]),
  closing: z
    .object({ fromBusinessDay: businessDay, toBusinessDay: businessDay, from: hour, to: hour })
    .readonly()
    .optional(),
  windows: z
    .array(z.object({ name, days: name, from: hour, to: hour }).readonly())
    .readonly()
    .default([]),
  announced: z.array(z.object({ name, date }).readonly()).readonly().default([]),
});

const tenantSchema = z.object({
  type: z.literal('tenant'),
  t: instant,
  tenant: name,
  host: name,
  tz: z.string().refine(isZone, 'not an IANA time zone'),
  intervalMinutes: z.number().min(0.1).max(1_440),
  calendar: calendarSchema.readonly().default({ holidays: [], windows: [], announced: [] }),
});

const deploySchema = z.object({
  type: z.literal('deploy'),
  t: instant,
  tenant: name,
  release: name,
});

const MORE = z.discriminatedUnion('type', [tenantSchema, deploySchema]);

/** What is wrong with a line, in words. */
export class LineError extends Error {
  override readonly name = 'LineError';
}

/** Throws LineError. */
export function parseLine(text: string): HistoryLine {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null) throw new LineError('not a JSON object');
  const line = value as Readonly<Record<string, unknown>>;
  if (line['type'] === 'probe') return probeOf(line);
  const parsed = MORE.safeParse(line);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  throw new LineError(
    path === 'type' ? 'type is none of tenant, deploy, probe' : `${path}: ${issue?.message ?? ''}`,
  );
}

function probeOf(line: Readonly<Record<string, unknown>>): HistoryLine {
  const { t, tenant, scenario, step, ok, ms } = line;
  if (!isInstant(t)) throw new LineError('t: epoch milliseconds, a whole number, are wanted');
  if (!isName(tenant) || !isName(scenario) || !isName(step)) {
    throw new LineError('tenant, scenario and step: texts are wanted');
  }
  if (typeof ok !== 'boolean') throw new LineError('ok: true or false is wanted');
  if (!ok) return { type: 'probe', t, tenant, scenario, step, ok, ms: 0 };
  if (!isDuration(ms)) throw new LineError('ms: milliseconds, 0 or more, are wanted');
  return { type: 'probe', t, tenant, scenario, step, ok, ms };
}

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isInstant = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= LATEST;

const isDuration = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

function isZone(text: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
