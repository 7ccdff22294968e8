import { describe, expect, it } from 'vitest';
import { standingOf } from '../../../src/analysis/objectives.ts';
import { jsonOf, objectivesText } from '../../../src/cli/slo-output.ts';
import type { Objective } from '../../../src/domain/objective.ts';
import type { KeptObjective } from '../../../src/wire/objectives.ts';

const objective: Objective = {
  workflow: 'warehouse',
  scenarios: ['stock-reservation'],
  transports: ['rpc'],
  target: 0.9995,
  latencyMs: 5_000,
  hours: { window: 'receiving-peak' },
  level: 'critical',
  windowMs: 30 * 86_400_000,
};

function keptOf(change: Partial<KeptObjective> = {}): KeptObjective {
  const seconds = { good: 719_900, bad: 90, slow: 10, unknown: 0, maintenance: 3_600 };
  return {
    tenant: 'north',
    objective,
    window: { fromMs: Date.UTC(2026, 9, 24), toMs: Date.UTC(2026, 10, 23, 12) },
    ...standingOf(seconds, 0.9995),
    burn: { '1h': 0, '6h': 1.25 },
    worstDay: { date: '2026-11-03', downtimeSeconds: 90 },
    runs: { good: 2_000, bad: 1 },
    beside: { inconclusive: 1, skipped: 2, missed: 3 },
    ...change,
  };
}

describe('the table of objectives', () => {
  it('says of each what was promised, what it was, and what is left', () => {
    const missed = standingOf(
      { good: 700_000, bad: 9_000, slow: 0, unknown: 0, maintenance: 0 },
      0.9995,
    );
    const unknown = standingOf({ good: 0, bad: 0, slow: 0, unknown: 0, maintenance: 0 }, 0.9995);
    const { worstDay: _, ...plain } = keptOf();
    const text = objectivesText([
      keptOf(),
      keptOf({ objective: { ...objective, workflow: 'invoices', level: 'secondary' }, ...missed }),
      { ...plain, tenant: 'south', ...unknown, burn: {} },
    ]);
    const lines = text.split('\n').map((line) => line.split(/\s{2,}/));
    expect(lines[1]).toEqual([
      'north',
      'warehouse',
      'critical',
      '99.95 %',
      '99.986 %',
      '███████░░░ 72 %',
      '0.0x',
      '1 m 40 s',
      '2026-11-03 1 m 30 s',
      '100 %',
      'kept',
    ]);
    // The second of a tenant does not repeat its name.
    expect(lines[2]?.slice(0, 4)).toEqual(['', 'invoices', 'secondary', '99.95 %']);
    expect(lines[2]?.join(' ')).toContain('░░░░░░░░░░ < -999 %');
    expect(lines[3]?.join(' ')).toContain('south');
    expect(lines[3]?.at(-1)).toBe('unknown');
    expect(text).toContain('beside: 3 inconclusive runs, 6 skipped, 9 missed');
    expect(text).toContain('unknown: less than');
  });
});

describe('the JSON of objectives', () => {
  it('has the promise, the window and every number, in base units', () => {
    expect(jsonOf(keptOf())).toMatchObject({
      tenant: 'north',
      workflow: 'warehouse',
      target: 0.9995,
      hours: 'receiving-peak',
      latencySeconds: 5,
      window: { from: '2026-10-24T00:00:00.000Z', to: '2026-11-23T12:00:00.000Z' },
      verdict: 'kept',
      downtimeMinutes: 1.67,
      worstDay: { date: '2026-11-03', downtimeMinutes: 1.5 },
      seconds: { good: 719_900, slow: 10, maintenance: 3_600 },
      runs: { good: 2_000, bad: 1 },
      beside: { inconclusive: 1, skipped: 2, missed: 3 },
    });
  });
});
