import { describe, expect, it } from 'vitest';
import { Tally } from '../../../src/cli/tally.ts';
import { reportOf } from '../../support/unit/reports.ts';

describe('what many runs came to', () => {
  it('is counted by outcome, with the mean of those that were played', () => {
    const tally = new Tally();
    expect(tally.text()).toBe('');
    tally.add(reportOf({ transport: 'browser', durationMs: 6_000 }));
    tally.add(reportOf({ durationMs: 1_000 }));
    tally.add(reportOf({ durationMs: 3_000 }));
    tally.add(reportOf({ outcome: { kind: 'skipped', reason: 'no' }, durationMs: 9_000 }));
    const lines = tally.text().split('\n');
    expect(lines[0]).toMatch(/^tenant +scenario +transport +passed +failed +inconclusive +skipped/);
    expect(lines[1]).toMatch(/^north +order-confirmation +browser +1 +0 +0 +0 +6\.00 s$/);
    expect(lines[2]).toMatch(/^north +order-confirmation +rpc +2 +0 +0 +1 +2\.00 s$/);
  });
});
