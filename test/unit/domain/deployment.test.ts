import { describe, expect, it } from 'vitest';
import {
  type Deployment,
  deploymentOf,
  deploymentSchema,
  GOING_OUT_MS,
  rolledBackSpan,
} from '../../../src/domain/deployment.ts';
import { unscheduledSlot } from '../../../src/domain/slot.ts';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 6, 1, 10);

/** Of the hour with this number. */
function deployed(hour: number, version: string, change: Partial<Deployment> = {}): Deployment {
  const atMs = START + hour * HOUR_MS;
  const id = unscheduledSlot(atMs, 1);
  return { v: 1, id, atMs, version, source: 'ci', tenants: ['north', 'south'], ...change };
}

const [one, two, again] = [deployed(1, '1'), deployed(2, '2'), deployed(3, '2')];

describe('the deployment of a release', () => {
  it('is the one that brought what runs now', () => {
    expect(deploymentOf([one, two], { version: '2' }, ['north'])).toBe(two);
    expect(deploymentOf([two, one], { version: '2' }, ['north', 'south'])).toBe(two);
  });

  it('is the first that brought it: deploying it again changes nothing', () => {
    expect(deploymentOf([again, one, two], { version: '2' }, ['north'])).toBe(two);
  });

  it('is not known of what another has replaced, or nobody deployed', () => {
    expect(deploymentOf([one, two], { version: '1' }, ['north'])).toBeUndefined();
    expect(deploymentOf([], { version: '1' }, ['north'])).toBeUndefined();
  });

  it('that came back is its return, not its first time', () => {
    const back = deployed(4, '1');
    expect(deploymentOf([one, two, back], { version: '1' }, ['north'])).toBe(back);
  });

  it('is not of another commit; who tells none means any', () => {
    const built = deployed(1, '1', { commit: 'a1' });
    expect(deploymentOf([built], { version: '1', commit: 'b2' }, ['north'])).toBeUndefined();
    expect(deploymentOf([built], { version: '1', commit: 'a1' }, ['north'])).toBe(built);
    expect(deploymentOf([built], { version: '1' }, ['north'])).toBe(built);
  });

  it('reached all of the tenants; what went to others is not looked at', () => {
    const north = deployed(1, '1', { tenants: ['north'] });
    expect(deploymentOf([north], { version: '1' }, ['north', 'south'])).toBeUndefined();
    const west = deployed(2, '2', { tenants: ['west'] });
    expect(deploymentOf([one, west], { version: '1' }, ['north'])).toBe(one);
  });
});

describe('what was rolled back', () => {
  const judged = { fromMs: two.atMs, judgedMs: two.atMs + 300_000 };

  it('ran until it must have been taken back after the verdict', () => {
    const toMs = judged.judgedMs + GOING_OUT_MS;
    expect(rolledBackSpan(judged, [], 'north')).toEqual({ fromMs: two.atMs, toMs });
    const fixed = deployed(5, '3');
    expect(rolledBackSpan(judged, [one, two, fixed], 'north').toMs).toBe(toMs);
  });

  it('ran until the next deployment that touched the tenant, when that came earlier', () => {
    const soon = deployed(2.1, '1');
    const elsewhere = deployed(2.05, '1', { tenants: ['south'] });
    expect(rolledBackSpan(judged, [soon, one, two, elsewhere], 'north')).toEqual({
      fromMs: two.atMs,
      toMs: soon.atMs,
    });
  });
});

describe('the record of a deployment', () => {
  it('names an id, a version and at least one tenant', () => {
    expect(deploymentSchema.safeParse(one).success).toBe(true);
    for (const change of [{ id: 'x' }, { version: '' }, { tenants: [] }, { atMs: -1 }]) {
      expect(deploymentSchema.safeParse({ ...one, ...change }).success).toBe(false);
    }
  });
});
