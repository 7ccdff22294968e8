/** The shape of `fleet.maintenance`: windows that come again and again, compiled to one for each zone. */
import { z } from 'zod';
import type { Maintenance } from '../domain/maintenance.ts';
import { slotsPerDay } from '../domain/schedule.ts';
import type { Tenant } from '../domain/tenant.ts';
import { parseDuration } from '../lib/duration.ts';
import { groupBy } from '../lib/group.ts';
import type { Fault } from './policies.ts';
import { cronProblem } from './schedule-schema.ts';
import { id, noSuch, problem, strict, textWithout, timeZone } from './terms.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const LONGEST_MS = 7 * DAY_MS;

/** The shape of one window. */
export const maintenanceWindow = strict({
  name: id,
  tenants: z
    .array(id)
    .min(1, problem('no tenant', 'name at least one, or leave tenants out'))
    .exactOptional()
    .describe('all when absent'),
  cron: textWithout(cronProblem).describe('when it begins: minute hour day month weekday'),
  zone: timeZone.exactOptional().describe('IANA name; the tenant’s when absent'),
  lasts: textWithout(lastsProblem).describe('1m to 7d, such as 2h'),
  reason: z.string().min(1, problem('empty', 'say why')).max(200).exactOptional(),
});

type RawWindow = z.infer<typeof maintenanceWindow>;
type RawWindows = readonly RawWindow[] | undefined;
type Known = readonly Pick<Tenant, 'id' | 'timeZone'>[];

function lastsProblem(text: string): string | undefined {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= MINUTE_MS && ms <= LONGEST_MS) return undefined;
  return ms === undefined
    ? problem('not a duration', 'write a number and a unit: 30m, 2h, 1d')
    : problem(`${text} is not between 1m and 7d`, 'write 1m to 7d, such as 2h');
}

/** In each zone one window for all its tenants, so that they are in it at the same instants. */
export function compileMaintenance(raw: RawWindows = [], known: Known): readonly Maintenance[] {
  return raw.flatMap(({ name, tenants, cron, zone, lasts, reason }) => {
    const meant = known.filter((one) => tenants?.includes(one.id) ?? true);
    const byZone = groupBy(meant, ({ timeZone: own }) => zone ?? own);
    return [...byZone].map(([ofZone, those]) => ({
      name,
      tenants: those.map((one) => one.id),
      expression: cron.trim().split(/\s+/).join(' '),
      zone: ofZone,
      lastsMs: parseDuration(lasts) ?? 0,
      reason: reason ?? `planned maintenance ${name}`,
    }));
  });
}

/** Names that lead nowhere or are taken, and windows without end; at paths below `fleet.maintenance`. */
export function maintenanceComplaints(raw: RawWindows = [], known: Known): readonly Fault[] {
  const ids = known.map((one): string => one.id);
  const names = raw.map(({ name }) => name);
  return raw.flatMap((one, index) => [
    ...(names.indexOf(one.name) < index
      ? [
          {
            path: [index, 'name'],
            message: problem(`name ${one.name} is taken already`, 'rename one of them'),
          },
        ]
      : []),
    ...(one.tenants ?? []).flatMap((name, n) =>
      ids.includes(name)
        ? []
        : [{ path: [index, 'tenants', n], message: noSuch('tenant', name, ids) }],
    ),
    ...compileMaintenance([one], known).slice(0, 1).flatMap(endless(index)),
  ]);
}

/** A monitor that is always in maintenance watches nothing. */
const endless =
  (index: number) =>
  ({ expression, zone, lastsMs }: Maintenance): readonly Fault[] => {
    const perDay = slotsPerDay({ timing: { kind: 'cron', expression, zone } });
    if (perDay * lastsMs < DAY_MS / 2) return [];
    const message = problem(
      'is more than half of all time',
      'let it come less often, or last shorter',
    );
    return [{ path: [index, 'lasts'], message }];
  };
