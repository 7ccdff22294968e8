import { describe, expect, it } from 'vitest';
import { Detector } from '../../../../src/analysis/baseline/detector.ts';
import { restoredParts, savedParts } from '../../../../src/analysis/baseline/state.ts';
import {
  DAY,
  lasting,
  MINUTE,
  MONDAY,
  play,
  type Show,
  tenantLine,
} from '../../../support/unit/probes.ts';

const usual: Show = (_, noise) => lasting(noise);
const detector = new Detector();
play(detector, { tenants: ['t01', 't02'], days: 3, show: () => usual });
detector.tenant(tenantLine('t03', 'h2'));
const parts = savedParts(detector.fleet);

describe('what is remembered', () => {
  it('is one text for each tenant, host and shape', () => {
    expect([...parts.keys()].sort()).toEqual([
      ...['host|h1', 'host|h2', 'shape|order/confirm', 'tenant|t01', 'tenant|t02', 'tenant|t03'],
    ]);
  });

  it('of a step is at most four kilobytes', () => {
    const three = new Detector();
    three.tenant(tenantLine('t01'));
    const lengths = Array.from({ length: 1_000 }, (_, run) => {
      const t = MONDAY + run * 5 * MINUTE;
      if (run === 980) three.deploy({ t, tenant: 't01', release: 'r1' });
      for (const step of ['create', 'confirm', 'read']) {
        three.probe({ t, tenant: 't01', scenario: 'order', step, ok: true, ms: 400 + (run % 97) });
      }
      return run < 999 ? 0 : savedParts(three.fleet).get('tenant|t01')!.length;
    });
    expect(lengths.at(-1)! / 3).toBeLessThan(4_096);
  });

  it('comes back as it was, with the tenants of each host', () => {
    const fleet = restoredParts(parts);
    expect(savedParts(fleet)).toEqual(parts);
    expect([...fleet.hosts.get('h1')!.tenants]).toEqual(['t01', 't02']);
  });

  it('changes by a run only where it belongs to that run', () => {
    const later = new Detector(restoredParts(parts));
    const t = MONDAY + 3 * DAY;
    later.probe({ t, tenant: 't02', scenario: 'order', step: 'confirm', ok: true, ms: 480 });
    const changed = [...savedParts(later.fleet)].filter(([key, text]) => parts.get(key) !== text);
    const own = savedParts(later.fleet, 't02');
    expect([...own.keys()].sort()).toEqual(['host|h1', 'shape|order/confirm', 'tenant|t02']);
    expect(changed.every(([key]) => own.has(key))).toBe(true);
  });
});

describe('a piece that is malformed or of another version', () => {
  const broken = (text: string) => [...restoredParts(new Map([['tenant|t01', text]])).tenants];
  const good = parts.get('tenant|t01')!;

  it('is left out, and the others are read', () => {
    const fleet = restoredParts(new Map([...parts, ['tenant|t01', '{"v":2,"of":']]));
    expect([...fleet.tenants.keys()]).toEqual(['t02', 't03']);
    expect(broken(good)).toHaveLength(1);
    expect(broken(good.replace('"v":', '"v":9'))).toEqual([]);
    expect(broken(good.replace('"level":', '"levels":'))).toEqual([]);
    expect(broken(good.replace(/"floats":"..../, '"floats":"'))).toEqual([]);
    expect(broken(good.replace('"map"', '"shorts"'))).toEqual([]);
    expect(broken('state')).toEqual([]);
  });
});
