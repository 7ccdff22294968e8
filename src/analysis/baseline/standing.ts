/** How one scenario of a tenant stands now, whatever line was said of it: what alerts are made of. */
import { type Fleet, type Host, type Kind, type Scenario, spellBehind } from './fleet.ts';
import { type Spells, spellOf } from './spell.ts';

export interface Standing {
  readonly kind: Exclude<Kind, 'host'>;
  /** 1 or more from the first moment of an alert to its last. */
  readonly score: number;
  readonly isAlert: boolean;
  /** When what is bad began, epoch milliseconds, and how many runs were bad since. */
  readonly sinceMs: number;
  readonly runs: Spells;
  /** The step that leads. */
  readonly step: string;
  /** Its host, while what is wrong has a cause there. */
  readonly sharedHost?: string;
}

/** Undefined of a scenario that was never seen. */
export function standingOf(fleet: Fleet, tenant: string, scenario: string): Standing | undefined {
  const known = fleet.tenants.get(tenant);
  const its = known?.scenarios.get(scenario);
  if (known === undefined || its === undefined) return undefined;
  const { host } = known.about;
  const shared = isShared(fleet.hosts.get(host), `${tenant}/${scenario}`);
  const isAlert = its.alert.since !== 0 || shared;
  const spell = spellBehind(its);
  const { kind } = its;
  return {
    kind: kind === 'host' ? 'latency' : kind,
    score: isAlert ? Math.max(its.score, 1) : Math.min(its.score, 0.99),
    isAlert,
    sinceMs: spell.sum > 0 ? spell.since : beganAt(its, fleet.hosts.get(host)),
    runs: spellOf(spell),
    step: its.step,
    ...(shared ? { sharedHost: host } : {}),
  };
}

/** What only averages show has no run that began it. */
const beganAt = (its: Scenario, host: Host | undefined): number =>
  its.alert.since === 0 ? (host?.alert.since ?? 0) : its.alert.since;

const isShared = (host: Host | undefined, name: string): boolean =>
  host !== undefined && host.alert.since !== 0 && host.covers.includes(name);
