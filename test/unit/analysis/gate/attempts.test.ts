import { describe, expect, it } from 'vitest';
import { resolvedRuns } from '../../../../src/analysis/gate/attempts.ts';
import { broken, type Ended, ours, runOf } from '../../../support/unit/gate-runs.ts';

const kinds = (...ended: readonly Ended[]): readonly string[] =>
  resolvedRuns(ended.map((one) => runOf(one))).map(({ kind }) => kind);

describe('attempts at a run', () => {
  it('end with one that passed or was skipped', () => {
    expect(kinds('passed', 'skipped', 'passed')).toEqual(['passed', 'skipped', 'passed']);
  });

  it('are repeated after one that failed or could not tell', () => {
    expect(kinds(broken)).toEqual(['open']);
    expect(kinds(ours)).toEqual(['open']);
    expect(kinds('passed', broken)).toEqual(['passed', 'open']);
  });

  it('fail when two failed, also with one between them that could not tell', () => {
    expect(kinds(broken, broken)).toEqual(['failed']);
    expect(kinds(broken, ours, broken)).toEqual(['failed']);
    expect(kinds(ours, broken, broken)).toEqual(['failed']);
  });

  it('are intermittent when one failed and one passed', () => {
    expect(kinds(broken, 'passed', 'passed')).toEqual(['intermittent', 'passed']);
    expect(kinds(ours, 'passed')).toEqual(['passed']);
  });

  it('are unclear when two could not tell, or a repeated one was skipped', () => {
    expect(kinds(ours, ours)).toEqual(['unclear']);
    expect(kinds(broken, ours, ours)).toEqual(['unclear']);
    expect(kinds(broken, 'skipped')).toEqual(['unclear']);
    expect(kinds(ours, 'skipped', 'passed')).toEqual(['unclear', 'passed']);
  });

  it('keep the failure that has to be explained, and every run', () => {
    const [resolved] = resolvedRuns([broken, ours, ours].map((one) => runOf(one)));
    expect(resolved).toMatchObject({ kind: 'unclear', failure: broken });
    expect(resolved?.runs).toHaveLength(3);
  });
});
