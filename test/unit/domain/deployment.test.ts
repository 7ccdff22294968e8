import { describe, expect, it } from 'vitest';
import {
  type Deployment,
  deploymentOf,
  deploymentSchema,
  rolledBackSpans,
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
  const bad = new Set([two.id]);

  it('ran from its deployment until the next that touched the tenant', () => {
    const fixed = deployed(5, '3');
    const elsewhere = deployed(4, '3', { tenants: ['south'] });
    expect(rolledBackSpans([fixed, one, two, elsewhere], bad, 'north')).toEqual([
      { fromMs: two.atMs, toMs: fixed.atMs },
    ]);
  });

  it('has no span while nothing came after it, in another tenant, or when it was let through', () => {
    expect(rolledBackSpans([one, two], bad, 'north')).toEqual([]);
    expect(rolledBackSpans([one, two, again], bad, 'west')).toEqual([]);
    expect(rolledBackSpans([one, two, again], new Set(), 'north')).toEqual([]);
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
