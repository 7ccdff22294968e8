/** Whether what goes on at a host has a shared cause: many of its tenants deviate at once, or all of them a little. */
import { follow, TOGETHER_MS } from './alerts.ts';
import { type Fleet, type Host, type Scenario, spellBehind } from './fleet.ts';
import { deviationOf } from './ladder.ts';
import { lowerMiddleOf, samplePool } from './pool.ts';

/** A scenario with such a score takes part: one failure, or most of an alert. */
const FAILS_TOO = 0.4;
const SLOW_TOO = 0.7;
/** With such a score it soon may. */
const RISES = 0.5;
/** Of the host's scenarios. */
const SHARE = 0.5;
const LEAST_TENANTS = 2;
const LEAST_SCENARIOS = 3;

interface Part {
  readonly tenant: string;
  readonly name: string;
  readonly takesPart: boolean;
  readonly rises: boolean;
  readonly since: number;
}

/** Sets the host's score and what it covers. */
export function lookAtHost(
  host: Host,
  fleet: Fleet,
  { t, intervalMs }: { readonly t: number; readonly intervalMs: number },
): void {
  if (t - host.sampledAt >= intervalMs) {
    host.sampledAt = t;
    samplePool(host.pool, lowerMiddleOf(deviationsAt(host, fleet)));
  }
  const parts = partsOf(host, fleet, t);
  const taking = parts.filter(({ takesPart }) => takesPart);
  const tenants = new Set(taking.map(({ tenant }) => tenant)).size;
  host.covers = taking.map(({ tenant, name }) => `${tenant}/${name}`);
  const share = taking.length / Math.max(1, parts.length);
  const shared = share >= SHARE && taking.length >= LEAST_SCENARIOS ? 0.5 + share : 0;
  const rising = parts.filter(({ rises }) => rises).length;
  host.rises = rising >= Math.max(LEAST_SCENARIOS, SHARE * parts.length);
  const few = tenants < Math.max(LEAST_TENANTS, host.tenants.size / 2);
  const score = few ? 0 : Math.max(shared, host.pool.score);
  host.score = follow(host.alert, score, t);
  if (host.alert.since === 0 || host.alert.since === t) {
    host.beganAt = Math.min(t, ...taking.map(({ since }) => since));
  }
}

function deviationsAt(host: Host, fleet: Fleet): readonly number[] {
  return [...host.tenants].flatMap((id) => {
    const tenant = fleet.tenants.get(id);
    return tenant === undefined ? [] : [Math.min(8, deviationOf(tenant.ladder))];
  });
}

function partsOf(host: Host, fleet: Fleet, t: number): readonly Part[] {
  // What began long before has a cause of its own.
  const isOwn = ({ alert: { since } }: Scenario): boolean =>
    since !== 0 && t - since > TOGETHER_MS && host.alert.since === 0;
  return [...host.tenants].flatMap((tenant) =>
    [...(fleet.tenants.get(tenant)?.scenarios ?? [])].map(([name, scenario]) => ({
      tenant,
      name,
      since: spellBehind(scenario).since,
      rises: scenario.score >= RISES,
      takesPart:
        scenario.score >= (scenario.kind === 'failures' ? FAILS_TOO : SLOW_TOO) && !isOwn(scenario),
    })),
  );
}
