import { describe, expect, it } from 'vitest';
import { reachOf } from '../../../src/domain/back-off.ts';
import type { Outcome } from '../../../src/domain/report.ts';

const failed = (code: string): Outcome => ({
  kind: 'failed',
  failure: { code, blame: 'target', layer: 'application', message: 'no answer' },
});

describe('what a run says of its tenant', () => {
  it.each<[string, Outcome, ReturnType<typeof reachOf>]>([
    ['passed', { kind: 'passed' }, 'up'],
    ['nobody there', failed('odoo.unreachable'), 'down'],
    ['a gateway that answers for it', failed('odoo.gateway-error'), 'down'],
    ['no database', failed('odoo.database'), 'down'],
    ['no database, on a page', failed('web.no-database'), 'down'],
    ['one locked transaction', failed('odoo.contention'), 'up'],
    ['one slow transaction', failed('odoo.timeout'), 'up'],
    ['an error of Odoo', failed('odoo.server-error'), 'up'],
    ['a wrong amount', failed('edi.wrong-total'), 'up'],
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
