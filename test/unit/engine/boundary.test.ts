import { describe, expect, it } from 'vitest';
import { Failed } from '../../../src/domain/failure.ts';
import { isContaminated, Stopped, toFailure } from '../../../src/engine/boundary.ts';
import { TimeUp } from '../../../src/lib/deadline.ts';
import { Secret } from '../../../src/lib/secret.ts';

const calm = { inScenario: false, stalledMs: 0, elapsedMs: 10_000, secrets: [] } as const;

describe('the single catch', () => {
  it('passes on what an adapter says', () => {
    const failure = {
      code: 'odoo.refused',
      blame: 'target',
      layer: 'data',
      message: 'no',
    } as const;
    expect(toFailure(new Failed(failure), calm)).toEqual(failure);
  });

  it('gives what nobody knows to the fleet, and inside a scenario to the scenario', () => {
    const error = new Error('x');
    expect(toFailure(error, calm)).toEqual({
      code: 'fleet.unexpected',
      blame: 'fleet',
      message: 'x',
    });
    expect(toFailure(error, { ...calm, inScenario: true })).toEqual({
      code: 'scenario.threw',
      blame: 'scenario',
      message: 'x',
    });
  });

  it.each(['ENOSPC', 'EACCES', 'EMFILE', 'ENOMEM'])(
    'gives %s to our machine, also inside a scenario',
    (code) => {
      const error = Object.assign(new Error('x'), { code });
      expect(toFailure(error, { ...calm, inScenario: true })).toMatchObject({ blame: 'fleet' });
    },
  );

  it('does not take every code for one of the system', () => {
    const error = Object.assign(new Error('x'), { code: 'ERR_ASSERTION' });
    expect(toFailure(error, { ...calm, inScenario: true })).toMatchObject({ blame: 'scenario' });
  });

  it('gives a stop to the fleet, even inside a scenario', () => {
    expect(toFailure(new Stopped('SIGTERM'), { ...calm, inScenario: true })).toMatchObject({
      code: 'run.interrupted',
      blame: 'fleet',
      message: 'SIGTERM',
    });
  });

  it('scrubs every secret it was told of', () => {
    const seen = { ...calm, secrets: [new Secret('hunter22'), new Secret('swordfish')] };
    expect(toFailure(new Error('hunter22 and swordfish'), seen).message).toBe(
      '[secret] and [secret]',
    );
  });

  it('adds the step', () => {
    expect(toFailure(new Error('x'), { ...calm, step: 'confirm' })).toMatchObject({
      step: 'confirm',
    });
    expect('step' in toFailure(new Error('x'), calm)).toBe(false);
  });

  it('excuses the target for a time that ran out while we stood still', () => {
    const seen = { ...calm, waitingFor: ['sale.order.create'], stalledMs: 1_200 };
    expect(toFailure(new TimeUp('x'), seen)).toMatchObject({
      code: 'fleet.stalled',
      blame: 'fleet',
    });
    expect(toFailure(new TimeUp('x'), { ...seen, stalledMs: 900 })).toMatchObject({
      blame: 'target',
    });
  });

  it('excuses a scenario for the same', () => {
    const seen = { ...calm, inScenario: true, stalledMs: 1_200 };
    expect(toFailure(new TimeUp('x'), seen)).toMatchObject({ code: 'fleet.stalled' });
    expect(toFailure(new TimeUp('x'), { ...seen, stalledMs: 900 })).toMatchObject({
      code: 'scenario.timeout',
    });
  });
});

describe('contaminated', () => {
  // A second, or a fifth of a run, but never less than a quarter of a second.
  it.each([
    [0, 100, false],
    [249, 100, false],
    [250, 100, true],
    [399, 2_000, false],
    [400, 2_000, true],
    [999, 60_000, false],
    [1_000, 60_000, true],
  ])('after %d ms of standing still in a run of %d ms: %s', (stalledMs, elapsedMs, is) => {
    expect(isContaminated({ ...calm, stalledMs, elapsedMs })).toBe(is);
  });
});
