/** The configuration of a process that runs on: it changes when it is read anew, and what it read stays secret. */
import type { Config } from '../config/load.ts';
import type { Series } from '../domain/past-run.ts';
import type { Schedule } from '../domain/schedule.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Secret } from '../lib/secret.ts';

export class LiveConfig {
  readonly #load: () => Config;
  #now: Config;
  #byId: ReadonlyMap<string, Tenant>;
  #bySeries: ReadonlyMap<string, Schedule>;
  /** Of every configuration that was ever in force: a replaced one's secrets are as secret as before. */
  readonly #secrets: Iterable<Secret>[];

  /** Throws ConfigError. */
  constructor(load: () => Config) {
    this.#load = load;
    this.#now = load();
    this.#byId = byId(this.#now);
    this.#bySeries = bySeries(this.#now);
    this.#secrets = [this.#now.secrets];
  }

  get now(): Config {
    return this.#now;
  }

  /** Throws ConfigError, and the configuration stays what it was. */
  reload(): void {
    this.#now = this.#load();
    this.#byId = byId(this.#now);
    this.#bySeries = bySeries(this.#now);
    this.#secrets.push(this.#now.secrets);
  }

  readonly tenants = (): readonly Tenant[] => this.#now.tenants;

  readonly tenantOf = (id: string): Tenant | undefined => this.#byId.get(id);

  /** Undefined of what is planned no more. */
  readonly scheduleOf = (series: Series): Schedule | undefined =>
    this.#bySeries.get(nameOf(series));

  /** Every time all that were read so far. */
  get secrets(): Iterable<Secret> {
    return { [Symbol.iterator]: () => this.#secrets.flatMap((read) => [...read]).values() };
  }
}

const nameOf = ({ tenant, scenario, transport }: Series): string =>
  `${tenant}|${scenario}|${transport}`;

const bySeries = ({ schedules }: Config): ReadonlyMap<string, Schedule> =>
  new Map(schedules.map((schedule) => [nameOf(schedule), schedule]));

const byId = ({ tenants }: Config): ReadonlyMap<string, Tenant> =>
  new Map(tenants.map((tenant) => [tenant.id, tenant]));
