/** Troubles and turns of alerting: five tenants on two hosts, and what is seen of them. */
import { Alerting, type TurnInput, type TurnResult } from '../../../src/alerting/alerting.ts';
import { keyOf } from '../../../src/alerting/parts.ts';
import type { Place } from '../../../src/alerting/scope.ts';
import { tenantId } from '../../../src/domain/ids.ts';
import { type Incident, incidentSchema, type Trouble } from '../../../src/domain/incident.ts';
import type { Silence } from '../../../src/domain/silence.ts';
import { unscheduledSlot } from '../../../src/domain/slot.ts';

export const MINUTE = 60_000;
/** 16:40 in Berlin, a Monday. */
export const BEGAN = Date.UTC(2026, 10, 23, 15, 40);

export const place = (
  id: string,
  [cluster, databaseHost]: readonly [string, string],
  timeZone = 'Europe/Berlin',
): Place => ({
  id: tenantId(id),
  timeZone,
  platform: { cluster, databaseHost, hostingModel: 'shared' },
});

/** In cluster eu-1 pg-3 has four tenants and pg-4 one; eu-2 has a host of its own. */
export const PLACES: readonly Place[] = [
  place('north', ['eu-1', 'pg-3']),
  place('south', ['eu-1', 'pg-3']),
  place('east', ['eu-1', 'pg-3']),
  place('west', ['eu-1', 'pg-3']),
  place('hill', ['eu-1', 'pg-4']),
  place('coast', ['eu-2', 'pg-9']),
];

export const slowTrouble = (change: Partial<Trouble> = {}): Trouble => ({
  tenant: 'north',
  scenario: 'picking-validation',
  transport: 'rpc',
  step: 'deliver part',
  kind: 'latency',
  score: 1.4,
  sinceMs: BEGAN,
  atMs: BEGAN + 30 * MINUTE,
  runs: { bad: 6, of: 6 },
  layers: ['database'],
  because: 'lock waits',
  slow: {
    ...{ ratio: 1.8, nowMs: 2_310, lowMs: 1_100, highMs: 1_480 },
    words: 'a business day at 16:30',
  },
  ...change,
});

export function failing(change: Partial<Trouble> = {}): Trouble {
  const { slow: _, ...rest } = slowTrouble();
  return {
    ...rest,
    ...{ scenario: 'invoice-posting', step: 'post invoice', kind: 'failures', score: 2 },
    ...{ runs: { bad: 2, of: 2 }, layers: ['application'], because: 'an error of Odoo' },
    code: 'odoo.server-error',
    ...change,
  };
}

/** Plays turns as the fleet does: what a turn answers is stored before the next one. */
export class Played {
  readonly alerting: Alerting;
  readonly incidents = new Map<string, Incident>();
  nowMs: number;
  readonly #change: Partial<TurnInput>;

  constructor({ nowMs, ...change }: Partial<TurnInput> = {}, runbooks?: string) {
    this.#change = change;
    this.nowMs = nowMs ?? BEGAN + 30 * MINUTE;
    this.alerting = new Alerting({ runbooks });
  }

  turn(troubles: readonly Trouble[], change: Partial<TurnInput> = {}): TurnResult {
    const result = this.alerting.turn({
      ...{ nowMs: this.nowMs, troubles, tenants: PLACES, deployments: [], silences: [] },
      ...{ open: this.open, recent: this.recent, critical: () => true },
      ...this.#change,
      ...change,
    });
    for (const one of result.incidents) {
      this.incidents.set(one.id, incidentSchema.parse(JSON.parse(JSON.stringify(one))));
    }
    return result;
  }

  after(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  get open(): readonly Incident[] {
    return [...this.incidents.values()].filter(({ resolvedMs }) => resolvedMs === undefined);
  }

  get recent(): readonly Incident[] {
    const oldest = this.nowMs - 60 * MINUTE;
    return [...this.incidents.values()].filter(({ resolvedMs = 0 }) => resolvedMs >= oldest);
  }

  /** Keys of the parts of open incidents. */
  get held(): readonly string[] {
    return this.open.flatMap(({ parts }) => parts.map(keyOf));
  }
}

export const deploymentOf = (atMs: number, tenants: readonly string[], version = '19.0.3') =>
  ({ v: 1, id: unscheduledSlot(atMs, 1), atMs, version, source: 'hand', tenants }) as const;

export const silenceOf = (fromMs: number, toMs: number, tenants: readonly string[]): Silence => ({
  ...{ v: 1, id: unscheduledSlot(fromMs, 7), kind: 'silence', tenants, fromMs, toMs },
  ...{ reason: 'known slow report', by: 'anna' },
});
