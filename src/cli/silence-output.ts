/** Silences as people read them: what is silent where, from when until when in its own time, and who said so. */
import type { Silence } from '../domain/silence.ts';
import type { Tenant } from '../domain/tenant.ts';
import { localText } from '../domain/zone.ts';
import { colours, table } from './terminal.ts';

type Zoned = readonly Pick<Tenant, 'id' | 'timeZone'>[];

export interface SilenceRow extends Silence {
  readonly state: 'active' | 'coming' | 'over';
}

/** One that was ended before it began never will. */
export function stateOf({ fromMs, toMs }: Silence, nowMs: number): SilenceRow['state'] {
  if (toMs <= nowMs || toMs <= fromMs) return 'over';
  return fromMs <= nowMs ? 'active' : 'coming';
}

/** The zone that all its tenants have in common, else UTC. */
export function zoneOf({ tenants }: Silence, known: Zoned): string {
  const zones = known.filter(({ id }) => tenants.includes(id)).map(({ timeZone }) => timeZone);
  const [zone = 'UTC', ...others] = new Set(zones);
  return others.length > 0 ? 'UTC' : zone;
}

export function silenceTable(rows: readonly SilenceRow[], known: Zoned): string {
  return table(
    ['id', 'state', 'kind', 'tenants', 'from', 'until', 'zone', 'by', 'reason'],
    rows.map((row) => {
      const zone = zoneOf(row, known);
      const minute = (ms: number): string => localText(zone, ms).slice(0, 16).replace('T', ' ');
      const where = row.tenants.join(', ');
      return [
        row.id,
        row.state === 'active' ? colours.yellow(row.state) : row.state,
        row.kind,
        row.scenario === undefined ? where : `${where}: ${row.scenario}`,
        minute(row.fromMs),
        minute(row.toMs),
        zone,
        row.by,
        row.reason,
      ];
    }),
  );
}
