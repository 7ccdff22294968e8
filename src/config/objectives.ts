/** The shape of `fleet.objectives`, what can be wrong with it, and the objectives of each tenant. */
import { z } from 'zod';
import type { BusinessCalendar } from '../domain/business-calendar.ts';
import type { Objective } from '../domain/objective.ts';
import type { Schedule } from '../domain/schedule.ts';
import type { Tenant } from '../domain/tenant.ts';
import { type Transport, transports } from '../domain/transport.ts';
import { parseDuration } from '../lib/duration.ts';
import type { Fault } from './policies.ts';
import { duration, id, noSuch, problem, strict } from './terms.ts';

const DAY_MS = 86_400_000;
/** Of what observers keep by the hour; the rest of their 400 days is for looking back. */
const LONGEST_DAYS = 366;
const DEFAULT_WINDOW = '30d';

/** The shape of one. */
export const objective = strict({
  workflow: id.describe('what its people call it, such as warehouse'),
  scenarios: z.array(id).min(1, problem('no scenario', 'name at least one')),
  transports: z
    .array(z.enum(transports))
    .min(1, problem('no transport', 'name at least one, or leave transports out'))
    .exactOptional()
    .describe('those that count; all when absent'),
  tenants: z
    .array(id)
    .min(1, problem('no tenant', 'name at least one, or leave tenants out'))
    .exactOptional()
    .describe('all that play one of its scenarios when absent'),
  latency: duration
    .exactOptional()
    .describe('a run whose steps take longer together is as bad as a failed one; none when absent'),
  hours: id
    .exactOptional()
    .describe('time that counts: business, always, or a window of the business calendar; business'),
  level: z.enum(['critical', 'secondary']).exactOptional().describe('critical when absent'),
  target: z
    .number(problem('not a number', 'write per cent, such as 99.9'))
    .gt(0, problem('not above zero', 'write per cent, such as 99.9'))
    .lt(100, problem('leaves no room at all', 'write less than 100, such as 99.99'))
    .exactOptional()
    .describe('per cent; the tenant’s tier when absent'),
  window: duration
    .refine(isWindow, problem('not between 1d and 366d', 'write days, such as 30d'))
    .exactOptional()
    .describe('looked at so far back, 1d to 366d; 30d when absent'),
});

type RawObjective = z.infer<typeof objective>;

/** What objectives are compiled from; each id once. */
interface Given {
  readonly raw: readonly RawObjective[] | undefined;
  readonly tenants: readonly Tenant[];
  readonly schedules: readonly Schedule[];
  readonly scenarios: readonly string[];
}

function isWindow(text: string): boolean {
  const days = (parseDuration(text) ?? 0) / DAY_MS;
  return days >= 1 && days <= LONGEST_DAYS;
}

/** Those of one tenant: where none is written, each scenario that it plays is a workflow of its own. */
export function objectivesOf(tenant: Tenant, { raw, schedules }: Given): readonly Objective[] {
  const own = schedules.filter((one) => one.tenant === tenant.id);
  if (raw === undefined) {
    const played = [...new Set(own.map(({ scenario }): string => scenario))];
    return played.map((scenario) =>
      compile({ workflow: scenario, scenarios: [scenario] }, tenant, own),
    );
  }
  return raw
    .filter((one) => one.tenants?.includes(tenant.id) ?? true)
    .map((one) => compile(one, tenant, own))
    .filter(({ scenarios }) => scenarios.length > 0);
}

/** Only with what is played: the rest could never be known. */
function compile(raw: RawObjective, tenant: Tenant, own: readonly Schedule[]): Objective {
  const played = own.filter((one) => isOf(raw, one));
  const over = (transport: Transport): boolean => played.some((one) => one.transport === transport);
  const { hours = 'business', latency, window = DEFAULT_WINDOW } = raw;
  return {
    workflow: raw.workflow,
    scenarios: raw.scenarios.filter((id) => played.some(({ scenario }) => scenario === id)),
    transports: transports.filter(over),
    target: ratioOf(raw.target ?? Number(tenant.tier)),
    ...(latency === undefined ? {} : { latencyMs: parseDuration(latency) ?? 0 }),
    hours: hours === 'business' || hours === 'always' ? hours : { window: hours },
    level: raw.level ?? 'critical',
    windowMs: parseDuration(window) ?? 0,
  };
}

/** 99.9 per cent is 0.999, not nearly. */
const ratioOf = (percent: number): number => Number((percent / 100).toFixed(10));

const isOf = (
  { scenarios, transports: over }: RawObjective,
  { scenario, transport }: Schedule,
): boolean => scenarios.includes(scenario) && (over?.includes(transport) ?? true);

/** At paths below `fleet.objectives`. */
export function objectiveComplaints(given: Given): readonly Fault[] {
  return (given.raw ?? []).flatMap((one, index) => {
    const names = [
      ...strange('scenario', one.scenarios, given.scenarios, [index, 'scenarios']),
      ...strange('tenant', one.tenants ?? [], idsOf(given.tenants), [index, 'tenants']),
    ];
    return names.length > 0
      ? names
      : [
          ...strangeHours(one, index, given),
          ...idle(one, index, given),
          ...twice(one, index, given),
        ];
  });
}

/** A window must be there in the business calendar of every tenant that has the objective. */
function strangeHours(one: RawObjective, index: number, given: Given): readonly Fault[] {
  const { hours = 'business' } = one;
  if (hours === 'business' || hours === 'always') return [];
  const without = tenantsOf(one, given).find(
    ({ businessCalendar }) => !windowsOf(businessCalendar).includes(hours),
  );
  if (without === undefined) return [];
  const known = ['business', 'always', ...windowsOf(without.businessCalendar)];
  const message = problem(
    `no window "${hours}" in the business calendar of ${without.id}`,
    `choose: ${known.join(', ')}`,
  );
  return [{ path: [index, 'hours'], message }];
}

const windowsOf = ({ windows }: BusinessCalendar): readonly string[] =>
  windows.map(({ name }) => name);

/** A promise that nothing could ever tell whether it was kept. */
function idle(one: RawObjective, index: number, given: Given): readonly Fault[] {
  const played = given.schedules.filter(({ tenant }) => one.tenants?.includes(tenant) ?? true);
  return one.scenarios.flatMap((scenario, at) => {
    if (played.some((schedule) => isOf({ ...one, scenarios: [scenario] }, schedule))) return [];
    const message = problem(
      `${scenario} is never played for it: no schedule plans it there`,
      'add a schedule, or remove it here',
    );
    return [{ path: [index, 'scenarios', at], message }];
  });
}

/** Two objectives of one name in one tenant. */
function twice(one: RawObjective, index: number, given: Given): readonly Fault[] {
  const earlier = (given.raw ?? [])
    .slice(0, index)
    .filter(({ workflow }) => workflow === one.workflow)
    .flatMap((other) => idsOf(tenantsOf(other, given)));
  const both = idsOf(tenantsOf(one, given)).find((tenant) => earlier.includes(tenant));
  if (both === undefined) return [];
  const message = problem(
    `${both} has an objective for ${one.workflow} already`,
    'rename it, or name tenants in both',
  );
  return [{ path: [index, 'workflow'], message }];
}

/** That it is for and that play any of it. */
function tenantsOf(one: RawObjective, { tenants, schedules }: Given): readonly Tenant[] {
  const playing = new Set(schedules.filter((each) => isOf(one, each)).map(({ tenant }) => tenant));
  return tenants.filter(
    ({ id: name }) => (one.tenants?.includes(name) ?? true) && playing.has(name),
  );
}

const idsOf = (tenants: readonly Tenant[]): readonly string[] =>
  tenants.map(({ id: name }): string => name);

function strange(
  kind: string,
  names: readonly string[],
  known: readonly string[],
  path: readonly PropertyKey[],
): readonly Fault[] {
  return names.flatMap((name, index) =>
    known.includes(name) ? [] : [{ path: [...path, index], message: noSuch(kind, name, known) }],
  );
}
