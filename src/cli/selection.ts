/** Which runs a command asks for: its tenants, scenarios and transports, as far as they go together. */
import { type Transport, transports } from '../domain/transport.ts';
import type { Scenario } from '../scenario/contract.ts';
import { type Wanted, wantedRuns } from '../tasks/run.ts';
import type { Orderwatch } from '../wire/compose.ts';
import { chooseTenants, UsageError } from './options.ts';

export interface Selection {
  readonly tenant?: readonly string[];
  readonly scenario?: readonly string[];
  readonly transport?: readonly Transport[];
  /** 1 when absent. */
  readonly repeat?: number;
  readonly burst?: number;
}

/** Throws UsageError for a name that there is not. */
export function chooseRuns(
  { tenant, scenario, transport: asked, repeat = 1, burst }: Selection,
  { config, scenarios }: Pick<Orderwatch, 'config' | 'scenarios'>,
): readonly Wanted[] {
  const unknown = asked?.find((name) => !transports.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`no transport "${unknown}"; there are: ${transports.join(', ')}`);
  }
  // A scenario that somebody names is played, or skipped with its reason; the others just do not apply.
  const fits = ({ transports: own }: Scenario): boolean =>
    scenario !== undefined || asked === undefined || own.some((t) => asked.includes(t));
  return wantedRuns({
    tenants: chooseTenants(config.tenants, tenant),
    scenarios: chooseScenarios(scenarios, scenario).filter(fits),
    ...(asked === undefined ? {} : { transports: [...new Set(asked)] }),
    repeat,
    ...(burst === undefined ? {} : { burst }),
  });
}

function chooseScenarios(
  scenarios: ReadonlyMap<string, Scenario>,
  names: readonly string[] | undefined,
): readonly Scenario[] {
  return [...new Set(names ?? scenarios.keys())].map((name) => {
    const scenario = scenarios.get(name);
    if (scenario !== undefined) return scenario;
    throw new UsageError(`no scenario "${name}"; there are: ${[...scenarios.keys()].join(', ')}`);
  });
}
