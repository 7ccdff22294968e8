/** What a gate is asked to do: its policy, its runs in their order, what they are compared with, and by when to end. */
import type { Policy } from '../domain/policy.ts';
import type { RunReport } from '../domain/report.ts';
import type { Tenant } from '../domain/tenant.ts';
import { formatDuration } from '../lib/duration.ts';
import { byCriticality } from '../tasks/gate/order.ts';
import type { Wanted } from '../tasks/run.ts';
import type { Orderwatch } from '../wire/compose.ts';
import type { GateChoice } from '../wire/gate.ts';
import { chooseTenants, UsageError } from './options.ts';
import { readReports } from './report-file.ts';
import { chooseRuns, type Selection } from './selection.ts';

export interface GateOptions extends Pick<Selection, 'tenant' | 'scenario' | 'transport'> {
  readonly config: string;
  readonly policy: string;
  readonly runs?: number;
  readonly timeout: number;
  readonly waitReady: number;
  readonly against: string;
  readonly version?: string;
  readonly commit?: string;
  readonly state: string;
  readonly hold?: 'pass' | 'fail';
}

/** For what is to be written and told after the last run is undone. */
const AFTERWARDS_MS = 5_000;

/** The run under way is stopped so early that it can undo what it made before the time is over. */
export function softDeadline(
  { timeout }: Pick<GateOptions, 'timeout'>,
  { wanted, control }: Pick<GateChoice, 'wanted' | 'control'>,
): number {
  const tenants = [
    ...wanted.map(({ tenant }) => tenant),
    ...(control === undefined ? [] : [control]),
  ];
  const undoMs = Math.max(0, ...tenants.map(({ limits }) => limits.compensationMs)) + AFTERWARDS_MS;
  if (timeout > undoMs) return timeout - undoMs;
  const least = formatDuration(undoMs);
  throw new UsageError(`--timeout leaves no time to play: cleaning up may take ${least} of it`);
}

/** Throws UsageError for a name that there is not, and for a file that holds nothing of what is played. */
export async function chooseGate(
  options: Omit<GateOptions, 'config'>,
  orderwatch: Orderwatch,
): Promise<GateChoice> {
  const { version, commit } = options;
  if (version === undefined && commit !== undefined) {
    throw new UsageError('--commit says nothing without --version; name the version too');
  }
  const { config } = orderwatch;
  const policy = policyIn(config.policies, options.policy);
  const against = await againstIn(options, config.tenants);
  const tenants = chooseTenants(config.tenants, options.tenant)
    .filter((tenant) => tenant !== against.control)
    .map(({ id }) => id);
  const wanted = byCriticality(chooseRuns({ ...options, tenant: tenants }, orderwatch), policy);
  const { reports } = against;
  if (reports !== undefined && !wanted.some((one) => reports.some((report) => isOf(one, report)))) {
    throw new UsageError(`${options.against}: holds no run of what is to be played`);
  }
  return {
    ...{ policy, wanted, runs: options.runs ?? policy.runs, named: options.scenario ?? [] },
    // At most half of the time, so that there is always some to play.
    waitReadyMs: Math.min(options.waitReady, options.timeout / 2),
    isHeldThrough: options.hold !== 'fail',
    ...{ ...against, against: options.against },
    ...(version === undefined
      ? {}
      : { release: { version, ...(commit === undefined ? {} : { commit }) } }),
  };
}

const isOf = ({ tenant, scenario, transport }: Wanted, report: RunReport): boolean =>
  tenant.id === report.tenant && scenario.id === report.scenario && transport === report.transport;

function policyIn(policies: ReadonlyMap<string, Policy>, name: string): Policy {
  const policy = policies.get(name);
  if (policy !== undefined) return policy;
  throw new UsageError(`no policy "${name}"; there are: ${[...policies.keys()].join(', ')}`);
}

/** Throws UsageError. */
async function againstIn(
  { against, tenant }: Pick<GateOptions, 'against' | 'tenant'>,
  tenants: readonly Tenant[],
): Promise<Pick<GateChoice, 'control' | 'reports'>> {
  if (against === 'state') return {};
  const [, kind, name = ''] = /^(tenant|file):(.+)$/.exec(against) ?? [];
  if (kind === 'file') return { reports: await readReports(name) };
  if (kind !== 'tenant') {
    throw new UsageError(`--against ${against}: write state, tenant:ID or file:PATH`);
  }
  const [control] = chooseTenants(tenants, [name]);
  const itself = tenants.length === 1 || tenant?.includes(name) === true;
  if (control === undefined || itself) {
    throw new UsageError(`${name} cannot be compared with itself; name another tenant`);
  }
  return { control };
}
