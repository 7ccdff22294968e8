/** From when until when, where the clock is changed and where it is not. */
import { describe, expect, it } from 'vitest';
import { spanOf } from '../../../src/cli/silence-span.ts';

const HOUR_MS = 3_600_000;
const nowMs = Date.parse('2026-10-20T10:00:00Z');
const iso = ({ fromMs, toMs }: ReturnType<typeof spanOf>): readonly string[] =>
  [fromMs, toMs].map((ms) => new Date(ms).toISOString().slice(0, 16));
const berlin = ['Europe/Berlin', 'Europe/Berlin'];

describe('the span of a silence', () => {
  it('begins now where nothing else is said', () => {
    expect(spanOf({ for: '2h' }, [], nowMs)).toEqual({ fromMs: nowMs, toMs: nowMs + 2 * HOUR_MS });
  });

  it('is in the zone that the tenants have in common, also over a change of the clock', () => {
    const words = { from: '2026-10-24T22:00', until: '2026-10-25T06:00' };
    expect(iso(spanOf(words, berlin, nowMs))).toEqual(['2026-10-24T20:00', '2026-10-25T05:00']);
  });

  it('takes the first of two equal local times', () => {
    const words = { from: '2026-10-25T02:30:00', for: '1h' };
    expect(iso(spanOf(words, berlin, nowMs))).toEqual(['2026-10-25T00:30', '2026-10-25T01:30']);
  });

  it('is in the zone that is named, and what has a zone of its own needs none', () => {
    const words = { from: '2026-10-24T22:00', until: '2026-10-24T20:00:00Z', zone: 'Asia/Tokyo' };
    const zones = ['Europe/Berlin', 'UTC'];
    expect(iso(spanOf(words, zones, nowMs))).toEqual(['2026-10-24T13:00', '2026-10-24T20:00']);
  });

  it('may be 30 days, and may have begun', () => {
    const month = spanOf({ for: '30d' }, [], nowMs);
    expect(month.toMs - month.fromMs).toBe(30 * 24 * HOUR_MS);
    const begun = { from: '2026-10-20T08:00:00Z', for: '3h' };
    expect(iso(spanOf(begun, [], nowMs))).toEqual(['2026-10-20T08:00', '2026-10-20T11:00']);
  });
});
