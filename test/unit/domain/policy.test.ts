import { describe, expect, it } from 'vitest';
import { scenarioId } from '../../../src/domain/ids.ts';
import { type Criterion, criterionFor, DEFAULT_POLICY } from '../../../src/domain/policy.ts';

const order = scenarioId('order-confirmation');
const decide = (
  rollback: readonly Criterion[],
  place: Parameters<typeof criterionFor>[2],
): Criterion | undefined => criterionFor({ ...DEFAULT_POLICY, rollback }, 'failure', place);

describe('the criterion that decides', () => {
  const step = {
    on: 'failure',
    scenarios: [order],
    steps: ['confirm'],
    level: 'advisory',
  } as const;
  const whole = { on: 'failure', scenarios: [order], level: 'blocking' } as const;
  const any = { on: 'failure', level: 'advisory' } as const;

  it('is the first that fits scenario and step', () => {
    const rollback = [step, whole, any];
    expect(decide(rollback, { scenario: order, step: 'confirm' })).toBe(step);
    expect(decide(rollback, { scenario: order, step: 'create' })).toBe(whole);
    expect(decide(rollback, { scenario: order })).toBe(whole);
    expect(decide(rollback, { scenario: 'login' })).toBe(any);
    expect(decide([any, step], { scenario: order, step: 'confirm' })).toBe(any);
  });

  it('is none where none fits', () => {
    expect(decide([step], { scenario: order })).toBeUndefined();
    expect(decide([whole], { scenario: 'login', step: 'confirm' })).toBeUndefined();
    expect(decide([{ ...any, on: 'slower' }], { scenario: order })).toBeUndefined();
  });

  it('names no scenario and no step when its lists are empty', () => {
    expect(decide([{ ...any, scenarios: [] }], { scenario: order })).toBeUndefined();
    expect(decide([{ ...any, steps: [] }], { scenario: order, step: 'confirm' })).toBeUndefined();
  });
});

describe('the default policy', () => {
  it.each(['order-confirmation', 'login', 'my-own'])('rolls back a failure of %s', (scenario) => {
    expect(criterionFor(DEFAULT_POLICY, 'failure', { scenario })?.level).toBe('blocking');
    expect(criterionFor(DEFAULT_POLICY, 'lost-capability', { scenario })?.level).toBe('blocking');
  });

  it('leaves a slower step to people', () => {
    expect(criterionFor(DEFAULT_POLICY, 'slower', { scenario: order })).toBeUndefined();
  });
});
