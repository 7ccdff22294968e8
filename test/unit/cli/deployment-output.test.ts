import { describe, expect, it } from 'vitest';
import { deploymentTable, withVerdicts } from '../../../src/cli/deployment-output.ts';
import type { Deployment } from '../../../src/domain/deployment.ts';
import type { GateResult, Verdict } from '../../../src/domain/gate.ts';
import { unscheduledSlot } from '../../../src/domain/slot.ts';

const NOON_MS = Date.UTC(2026, 10, 23, 12);

const deploymentOf = (counter: number, change: Partial<Deployment> = {}): Deployment => ({
  v: 1,
  id: unscheduledSlot(NOON_MS, counter),
  atMs: NOON_MS,
  version: '19.0.1',
  commit: '3f2c9ab0d1e2f3a4b5c6',
  source: 'hand',
  tenants: ['north'],
  ...change,
});

const gateOf = (
  minute: number,
  kind: Verdict['kind'],
  { deployment, tenants = ['north'] }: Partial<GateResult> = {},
): GateResult => ({
  v: 1,
  gateId: unscheduledSlot(NOON_MS + minute * 60_000, 1),
  startedAt: '2026-11-23T12:00:00.000Z',
  finishedAt: '2026-11-23T12:01:00.000Z',
  policy: 'default',
  tenants,
  against: 'state',
  verdict: { kind, code: kind === 'promote' ? 'sound' : 'failure', because: 'it is' },
  findings: [],
  series: [],
  runs: [],
  ...(deployment === undefined ? {} : { deployment }),
});

const verdictsOf = (deployment: Deployment, gates: readonly GateResult[]): readonly unknown[] =>
  withVerdicts([deployment], gates).map(({ verdict }) => verdict?.kind);

describe('the verdict on a deployment', () => {
  const one = deploymentOf(1);

  it('is that of the newest gate that names it', () => {
    const gates = [
      gateOf(3, 'hold', { deployment: deploymentOf(2, { version: '19.0.2' }) }),
      gateOf(2, 'promote', { deployment: one }),
      gateOf(1, 'rollback', { deployment: one }),
    ];
    expect(withVerdicts([one], gates)).toEqual([
      { ...one, verdict: { gateId: gates[1]!.gateId, ...gates[1]!.verdict } },
    ]);
  });

  it('is also told by version and commit, for a tenant that they have in common', () => {
    const same = deploymentOf(2, { source: 'gate' });
    expect(verdictsOf(one, [gateOf(1, 'hold', { deployment: same })])).toEqual(['hold']);
    const south = gateOf(1, 'hold', { deployment: same, tenants: ['south'] });
    expect(verdictsOf(one, [south])).toEqual([undefined]);
    const other = deploymentOf(2, { commit: 'fffffff' });
    expect(verdictsOf(one, [gateOf(1, 'hold', { deployment: other })])).toEqual([undefined]);
  });

  it('is none of a gate that nobody told the version', () => {
    expect(verdictsOf(one, [gateOf(1, 'hold')])).toEqual([undefined]);
  });
});

describe('the table of deployments', () => {
  it('shows what fits a line', () => {
    const many = deploymentOf(1, { tenants: ['a', 'b', 'c', 'd', 'e'] });
    const rows = withVerdicts(
      [many, deploymentOf(2, { version: '18' })],
      [gateOf(1, 'promote', { deployment: many })],
    );
    expect(deploymentTable(rows).split('\n')).toEqual([
      'when (UTC)           version  commit        source  tenants             verdict',
      '2026-11-23 12:00:00  19.0.1   3f2c9ab0d1e2  hand    a, b, c and 2 more  promote',
      '2026-11-23 12:00:00  18       3f2c9ab0d1e2  hand    north',
    ]);
  });
});
