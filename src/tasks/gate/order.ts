/** In which order a gate plays: what the policy would roll back for comes first, and of that the quicker transport. */
import type { Policy } from '../../domain/policy.ts';
import { transports } from '../../domain/transport.ts';
import type { Wanted } from '../run.ts';

export function byCriticality(wanted: readonly Wanted[], policy: Policy): readonly Wanted[] {
  const critical = policy.rollback
    .filter(({ on, level }) => on === 'failure' && level === 'blocking')
    .flatMap(({ scenarios = [] }): readonly string[] => scenarios);
  const rank = ({ scenario, transport }: Wanted): number => {
    const at = critical.indexOf(scenario.id);
    const scenarios = at === -1 ? critical.length : at;
    const isCritical = scenarios < critical.length ? 0 : 1;
    return isCritical * 1_000_000 + transports.indexOf(transport) * 1_000 + scenarios;
  };
  return wanted.toSorted((a, b) => rank(a) - rank(b));
}
