/** Deployments as people read them: what went out where, and what the last gate said of it. */
import type { Deployment } from '../domain/deployment.ts';
import type { GateResult, Verdict } from '../domain/gate.ts';
import { paintOutcome, table } from './terminal.ts';

/** More tenants than that are counted only. */
const SHOWN = 3;
/** Enough of a hash to find it. */
const COMMIT_SHOWN = 12;

interface DeploymentRow extends Deployment {
  /** Of the last gate; absent when none was asked. */
  readonly verdict?: Verdict & Pick<GateResult, 'gateId'>;
}

/** `gates` are the newest first. */
export function withVerdicts(
  deployments: readonly Deployment[],
  gates: readonly GateResult[],
): readonly DeploymentRow[] {
  return deployments.map((deployment) => {
    const gate = gates.find((one) => isAbout(one, deployment));
    if (gate === undefined) return deployment;
    return { ...deployment, verdict: { gateId: gate.gateId, ...gate.verdict } };
  });
}

/** Told by its id, or by version and commit together, which a gate may have been given by itself. */
function isAbout({ deployment, tenants }: GateResult, { id, ...other }: Deployment): boolean {
  if (deployment === undefined) return false;
  const { version, commit } = deployment;
  const isSame = version === other.version && commit === other.commit;
  return deployment.id === id || (isSame && tenants.some((one) => other.tenants.includes(one)));
}

export function deploymentTable(rows: readonly DeploymentRow[]): string {
  return table(
    ['when (UTC)', 'version', 'commit', 'source', 'tenants', 'verdict'],
    rows.map(({ atMs, version, commit = '', source, tenants, verdict }) => [
      new Date(atMs).toISOString().slice(0, 19).replace('T', ' '),
      version,
      commit.slice(0, COMMIT_SHOWN),
      source,
      tenantsText(tenants),
      verdict === undefined ? '' : paintOutcome(verdict.kind),
    ]),
  );
}

function tenantsText(tenants: readonly string[]): string {
  const first = tenants.slice(0, SHOWN).join(', ');
  return tenants.length > SHOWN ? `${first} and ${tenants.length - SHOWN} more` : first;
}
