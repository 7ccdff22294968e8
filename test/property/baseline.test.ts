import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Detector } from '../../src/analysis/baseline/detector.ts';
import { restoredParts, savedParts } from '../../src/analysis/baseline/state.ts';
import { historyOf, type Line } from '../support/histories.ts';
import { MINUTE, MONDAY, tenantLine } from '../support/unit/probes.ts';

const feed = (detector: Detector, lines: readonly Line[]) =>
  lines.flatMap((line) => {
    if (line.type === 'probe') return detector.probe(line) ?? [];
    if (line.type === 'deploy') detector.deploy(line);
    else detector.tenant(line);
    return [];
  });

describe('a restart', () => {
  // Longer than latency is silent.
  const lines = [...historyOf({ seed: 3, tenants: 2, days: 16 }).lines()];
  const whole = JSON.stringify(feed(new Detector(), lines));

  it('anywhere gives the same findings to the last digit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: lines.length }), (cut) => {
        const first = new Detector();
        const before = feed(first, lines.slice(0, cut));
        const after = feed(new Detector(restoredParts(savedParts(first.fleet))), lines.slice(cut));
        expect(JSON.stringify([...before, ...after]) === whole).toBe(true);
      }),
      { numRuns: 4 },
    );
  }, 60_000);
});

describe('any probes', () => {
  const probes = fc.array(
    fc.record({
      type: fc.constant('probe' as const),
      t: fc.integer({ min: 0, max: 40 * 24 * 60 }),
      tenant: fc.constantFrom('t01', 't02'),
      scenario: fc.constantFrom('order', 'login'),
      step: fc.constantFrom('a', 'b'),
      ok: fc.boolean(),
      ms: fc.oneof(
        fc.constantFrom(0, 1e-300, Number.MAX_VALUE),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
      ),
    }),
    { maxLength: 400 },
  );

  it('give finite scores from 0.3 up', () => {
    fc.assert(
      fc.property(probes, (list) => {
        const detector = new Detector();
        detector.tenant(tenantLine('t01'));
        detector.tenant(tenantLine('t02'));
        const inOrder = list
          .map((probe) => ({ ...probe, t: MONDAY + probe.t * MINUTE }))
          .sort((one, other) => one.t - other.t);
        for (const found of feed(detector, inOrder)) {
          if (!('score' in found)) continue;
          expect(Number.isFinite(found.score)).toBe(true);
          expect(found.score).toBeGreaterThanOrEqual(0.3);
        }
        const parts = savedParts(detector.fleet);
        expect(savedParts(restoredParts(parts))).toEqual(parts);
      }),
      { numRuns: 200 },
    );
  });
});
