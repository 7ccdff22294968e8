/** Recurring maintenance where the clock is changed: it starts by the wall clock and lasts as long as ever. */
import { describe, expect, it } from 'vitest';
import { type Maintenance, silencesBetween } from '../../../src/domain/maintenance.ts';
import { localText } from '../../../src/domain/zone.ts';

const zone = 'Europe/Berlin';
const nightly = (expression: string): Maintenance => ({
  ...{ name: 'nightly', tenants: ['north', 'south'], expression, zone },
  ...{ lastsMs: 2 * 3_600_000, reason: 'backups' },
});
const textsOf = (window: Maintenance, from: string, to: string): readonly string[] =>
  silencesBetween([window], 'south', Date.parse(from), Date.parse(to)).map(
    (one) => `${localText(zone, one.fromMs)} ${localText(zone, one.toMs)}`,
  );

describe('maintenance on a Sunday night', () => {
  const sunday = nightly('0 22 * * sun');

  it('is a silence with its reason, its tenants and who says so', () => {
    const fromMs = Date.parse('2026-11-29T21:00:00Z');
    expect(silencesBetween([sunday], 'north', fromMs, fromMs + 1)).toEqual([
      {
        v: 1,
        id: expect.stringMatching(/^20261129T210000000Z-\d+$/) as string,
        kind: 'maintenance',
        tenants: ['north', 'south'],
        fromMs,
        toMs: fromMs + 7_200_000,
        reason: 'backups',
        by: 'configuration',
      },
    ]);
  });

  it('is at the same local time in winter and in summer', () => {
    expect(textsOf(sunday, '2026-03-22T00:00:00Z', '2026-03-30T00:00:00Z')).toEqual([
      '2026-03-22T22:00:00+01:00 2026-03-23T00:00:00+01:00',
      '2026-03-29T22:00:00+02:00 2026-03-30T00:00:00+02:00',
    ]);
  });

  it('is also what began before', () => {
    const during = ['2026-11-29T22:59:59.999Z', '2026-11-29T23:30:00Z'] as const;
    expect(textsOf(sunday, ...during)).toHaveLength(1);
    expect(textsOf(sunday, '2026-11-29T23:00:00Z', '2026-11-29T23:30:00Z')).toEqual([]);
  });
});

describe('maintenance in the hour that is missing or comes twice', () => {
  it('begins when the missing hour is over, and lasts two hours all the same', () => {
    const texts = textsOf(nightly('30 2 * * *'), '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z');
    expect(texts).toEqual(['2026-03-29T03:00:00+02:00 2026-03-29T05:00:00+02:00']);
  });

  it('begins once, the first time that the clock shows it', () => {
    const texts = textsOf(nightly('30 2 * * *'), '2026-10-24T22:00:00Z', '2026-10-25T22:00:00Z');
    expect(texts).toEqual(['2026-10-25T02:30:00+02:00 2026-10-25T03:30:00+01:00']);
  });
});
