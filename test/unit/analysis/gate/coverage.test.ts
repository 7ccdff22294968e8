import { describe, expect, it } from 'vitest';
import {
  coverageFindings,
  isCovered,
  skippedBecause,
} from '../../../../src/analysis/gate/coverage.ts';
import { scenarioId } from '../../../../src/domain/ids.ts';
import { DEFAULT_POLICY, type Policy } from '../../../../src/domain/policy.ts';
import { broken, ours, pastOf, seenOf } from '../../../support/unit/gate-runs.ts';

const wants = (ratio: number, ...scenarios: readonly string[]): Policy => ({
  ...DEFAULT_POLICY,
  coverage: { ratio, scenarios: scenarios.map((id) => scenarioId(id)) },
});
const found = (...args: Parameters<typeof coverageFindings>): readonly string[] =>
  coverageFindings(...args).map(({ code, because }) => `${code}: ${because}`);

describe('a series was skipped', () => {
  it('when all of its runs were, and says why', () => {
    expect(skippedBecause(seenOf(['skipped']))).toBe('no consent');
    expect(skippedBecause(seenOf(['passed', 'skipped']))).toBeUndefined();
    expect(skippedBecause(seenOf(['skipped', 'passed']))).toBeUndefined();
  });

  it('not when nobody came to it', () => {
    expect(skippedBecause(seenOf([]))).toBeUndefined();
  });
});

describe('enough was played', () => {
  it('when so much of what was not skipped came to a result', () => {
    const series = [seenOf(['passed']), seenOf([broken, broken]), seenOf([ours, ours])];
    expect(isCovered(series, wants(1))).toBe(false);
    expect(isCovered(series, wants(0.67))).toBe(false);
    expect(isCovered(series, wants(0.6))).toBe(true);
    expect(isCovered([seenOf(['passed']), seenOf(['skipped'])], wants(1))).toBe(true);
  });

  it('not when nothing came to a result, whatever the policy wants', () => {
    expect(isCovered([], wants(0))).toBe(false);
    expect(isCovered([seenOf(['skipped'])], wants(0))).toBe(false);
    expect(isCovered([seenOf([ours, ours])], wants(0))).toBe(false);
  });

  it('not by one failure that nobody repeated', () => {
    expect(isCovered([seenOf([broken])], wants(0.1))).toBe(false);
    expect(isCovered([seenOf([broken, 'passed'])], wants(1))).toBe(true);
  });
});

describe('what is said about coverage', () => {
  it('is nothing when all was played', () => {
    expect(found([seenOf(['passed'])], wants(1), ['order-confirmation'])).toEqual([]);
  });

  it('is that nothing ran, with every reason once', () => {
    const skipped = seenOf(['skipped']);
    expect(found([skipped, skipped], wants(0), [])).toEqual([
      'nothing-ran: nothing ran: no consent',
    ]);
    expect(found([], wants(0), [])).toEqual(['nothing-ran: nothing ran']);
  });

  it('is how much came to a result, where that is too little', () => {
    const series = [seenOf(['passed']), seenOf([ours, ours]), seenOf([])];
    expect(found(series, wants(0.8), [])).toEqual([
      'coverage: 1 of 3 came to a result, and the policy wants 80 %',
    ]);
  });

  it('is what may not be skipped: wanted by the policy, asked for by name, or passed before', () => {
    const played = seenOf(['passed'], { scenario: 'login' });
    const skipped = seenOf(['skipped']);
    expect(found([played, skipped], wants(1), [])).toEqual([]);
    const forbidden = ['coverage: has to come to a result, and was skipped: no consent'];
    expect(found([played, skipped], wants(1, 'order-confirmation'), [])).toEqual(forbidden);
    expect(found([played, skipped], wants(1), ['order-confirmation'])).toEqual(forbidden);
    const before = [pastOf({ code: 'odoo.error' }), pastOf()];
    expect(found([played, { ...skipped, before }], wants(1), [])).toEqual([
      'coverage: passed before the deployment, and was skipped: no consent',
    ]);
    const failed = [pastOf({ code: 'odoo.error' })];
    expect(found([played, { ...skipped, before: failed }], wants(1), [])).toEqual([]);
  });

  it('is content with one transport of one tenant, but not with another tenant', () => {
    const over = seenOf(['passed']);
    const browser = seenOf(['skipped'], { transport: 'browser' });
    const named = ['order-confirmation'];
    expect(found([over, browser], wants(1), named)).toEqual([]);
    const south = { ...browser, tenant: 'south' };
    const [finding] = coverageFindings([over, south], wants(1), named);
    expect(finding).toMatchObject({ code: 'coverage', tenant: 'south', transport: 'browser' });
    expect(finding?.runs).toEqual(south.runs.map(({ runId }) => runId));
  });
});
