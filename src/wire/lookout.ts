/** Connects what looks around a run to one process: its places, its Redis, its browser. */
import { type Observation, observed } from '../domain/evidence.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Lookout, OutsideWarnings, Watch } from '../engine/ports.ts';
import { certificateOf } from '../evidence/certificate.ts';
import { lookFromOutside } from '../evidence/outside.ts';
import { watchOwn } from '../evidence/own.ts';
import { sampleDatabase } from '../evidence/postgres.ts';
import { clockSkewMs } from '../evidence/skew.ts';
import { type Clock, systemClock } from '../lib/clock.ts';

interface OwnSide {
  readonly clock: Clock;
  /** Where something of ours is written. */
  readonly folders: readonly string[];
  readonly browser: () => Observation;
  /** Absent where nothing is kept in a Redis. */
  readonly redis?: () => Promise<Observation>;
}

/** Watched at once on one database server, each by a connection: many tenants may wait together when it is ill. */
const MOST_WATCHED = 8;

export function lookoutOf({ clock, folders, browser, redis }: OwnSide): Lookout {
  const watched = new Map<string, number>();
  return {
    outside: (tenant, call) => lookFromOutside(tenant, { clock, ...call }),
    database: (tenant) => {
      const { databaseHost } = tenant.platform;
      if ((watched.get(databaseHost) ?? 0) >= MOST_WATCHED) return undefined;
      const watch = databaseOf(tenant, clock);
      if (watch === undefined) return undefined;
      const count = (by: number): void =>
        void watched.set(databaseHost, (watched.get(databaseHost) ?? 0) + by);
      count(1);
      return {
        end: () => {
          count(-1);
          return watch.end();
        },
      };
    },
    own: (transport) => {
      const own = watchOwn({ clock, folders });
      return {
        end: async () => {
          const [seen, kept] = await Promise.all([own.look(), redis?.()]);
          const ours = kept === undefined ? seen : [...seen, kept];
          return transport === 'browser' ? [...ours, browser()] : ours;
        },
      };
    },
  };
}

/** For `doctor` and for the sweeper's look. */
export const outside: OutsideWarnings = {
  certificate: ({ url }, call) => certificateOf(url, { clock: systemClock, ...call }),
  clockSkewMs: ({ url }, call) => clockSkewMs(url, { clock: systemClock, ...call }),
};

function databaseOf({ databaseDsn, database }: Tenant, clock: Clock): Watch | undefined {
  if (databaseDsn === undefined) return undefined;
  const samples = databaseDsn.read().then(
    (dsn) => sampleDatabase(dsn.reveal(), database, { clock }),
    () => undefined,
  );
  const unread = observed('postgres', 'unreachable', {
    detail: `${databaseDsn.name} cannot be read`,
  });
  return { end: async () => [(await (await samples)?.end()) ?? unread] };
}
