import { describe, expect, it } from 'vitest';
import { reachOf } from '../../../src/domain/back-off.ts';
import type { Outcome } from '../../../src/domain/report.ts';

const failed = (layer: 'network' | 'ingress' | 'database' | 'application' | 'data'): Outcome => ({
  kind: 'failed',
  failure: { code: 'odoo.unreachable', blame: 'target', layer, message: 'no answer' },
});

describe('what a run says of its tenant', () => {
  it.each<[string, Outcome, ReturnType<typeof reachOf>]>([
    ['passed', { kind: 'passed' }, 'up'],
    ['nobody there', failed('network'), 'down'],
    ['a gateway that answers for it', failed('ingress'), 'down'],
    ['no database', failed('database'), 'down'],
    ['an error of Odoo', failed('application'), 'up'],
    ['a wrong amount', failed('data'), 'up'],
    ['skipped', { kind: 'skipped', reason: 'no consent' }, 'unknown'],
    [
      'our own fault',
      {
        kind: 'inconclusive',
        failure: { code: 'state.unusable', blame: 'fleet', message: 'no disk' },
      },
      'unknown',
    ],
  ])('%s', (_, outcome, reach) => {
    expect(reachOf(outcome)).toBe(reach);
  });
});
