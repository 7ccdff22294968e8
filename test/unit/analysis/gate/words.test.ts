import { describe, expect, it } from 'vitest';
import {
  changeWords,
  countWords,
  deploymentWords,
  findingGroups,
  isOf,
  latencyWords,
  listWords,
  shownBy,
} from '../../../../src/analysis/gate/words.ts';
import { nothingRan, promoted, rolledBack } from '../../../support/unit/gate-results.ts';

const worse = { kind: 'worse', ratio: 1.62, low: 1.41, high: 1.88, confidence: 0.9987 } as const;

describe('latency in words', () => {
  it.each([
    [worse, '1.6x slower (1.4 to 1.9), 99.8 % sure'],
    [
      { ...worse, ratio: 1.15, low: 1.02, high: 12.4, confidence: 1 },
      '1.15x slower (1.02 to 12), over 99.9 % sure',
    ],
    [{ kind: 'not-worse', ratio: 1, low: 0.9, high: 1.1 }, 'not slower'],
    [{ kind: 'not-enough-data', moreRuns: 12, of: 'after' }, 'not enough data: 12 more runs'],
    [{ kind: 'not-enough-data', moreRuns: 1, of: 'before' }, 'not enough data: 1 more past run'],
  ] as const)('%o', (latency, words) => {
    expect(latencyWords(latency)).toBe(words);
  });

  it('of a series is its worst step, else what is not known, else that nothing is slower', () => {
    const [stock, order] = rolledBack.series;
    expect(changeWords(order!, 30)).toBe('1.6x slower: confirm order');
    expect(changeWords(stock!, 30)).toBe('not enough data: 3 more runs');
    expect(changeWords(promoted.series[0]!, 30)).toBe('not slower');
    expect(changeWords({ ...stock!, steps: [] }, 30)).toBe('');
  });
});

describe('a result in words', () => {
  it('counts', () => {
    expect(countWords({ passed: 2, failed: 0, skipped: 1 })).toBe('2 passed, 1 skipped');
    expect(countWords({ passed: 0 })).toBe('none');
    expect(listWords(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
    expect(listWords([])).toBe('none');
  });

  it('names the version', () => {
    expect(deploymentWords(promoted)).toBe('2026.11.3 (4f0c2a91b7d6)');
    expect(deploymentWords(nothingRan)).toBe('version not told');
  });

  it('tells findings apart by what they say', () => {
    expect(findingGroups(rolledBack.findings).map(([says]) => says)).toEqual([
      'rollback',
      'hold',
      'advice',
    ]);
  });

  it('knows what a finding is about, also when it says it in part', () => {
    const series = { tenant: 'north', scenario: 'login', transport: 'rpc' } as const;
    expect(isOf(series, { tenant: 'north' })).toBe(true);
    expect(isOf(series, { tenant: 'north', scenario: 'login', transport: 'browser' })).toBe(false);
    expect(isOf(series, {})).toBe(false);
  });

  it('shows a finding by the run that did not pass', () => {
    const intermittent = rolledBack.findings[2]!;
    expect(shownBy(intermittent, rolledBack.runs)?.outcome.kind).toBe('failed');
    expect(shownBy({ ...intermittent, runs: [] }, rolledBack.runs)).toBeUndefined();
  });
});
