import { describe, expect, it } from 'vitest';
import { scenarioId, tenantId } from '../../../src/domain/ids.ts';
import { findMark, markOf, runIdOf } from '../../../src/domain/mark.ts';
import { SLOT_PATTERN, unscheduledSlot } from '../../../src/domain/slot.ts';

const key = {
  tenant: tenantId('north'),
  scenario: scenarioId('order-confirmation'),
  transport: 'rpc',
  slot: unscheduledSlot(Date.UTC(2026, 6, 1, 10, 0, 0, 7), 42),
} as const;

describe('a mark', () => {
  it('is the run id and its deadline in seconds, rounded up', () => {
    expect(markOf(runIdOf(key), 1_782_900_120_001)).toBe(
      'SYN~north~order-confirmation~rpc~20260701T100000007Z-42~1782900121',
    );
  });

  it('may have a slot that a schedule planned', () => {
    const text = 'SYN~north~order-confirmation~browser~20260701T100000Z~1782900120';
    expect(findMark(text)).toMatchObject({
      tenant: 'north',
      transport: 'browser',
      slot: '20260701T100000Z',
      deadlineMs: 1_782_900_120_000,
    });
  });

  it('the first of two in one text is found', () => {
    const [a, b] = [markOf(runIdOf(key), 1e12), markOf(runIdOf(key), 2e12)];
    expect(findMark(`${a}, ${b}`)?.deadlineMs).toBe(1e12);
  });

  it.each([
    ['an empty text', ''],
    ['a customer’s own reference', 'PO-2026-0001'],
    ['a transport that there is not', 'SYN~n~s~ftp~20260701T100000Z~1782900120'],
    ['capitals in an id', 'SYN~North~s~rpc~20260701T100000Z~1782900120'],
    ['an empty id', 'SYN~~s~rpc~20260701T100000Z~1782900120'],
    ['an id of 41 characters', `SYN~${'n'.repeat(41)}~s~rpc~20260701T100000Z~1782900120`],
    ['no deadline', 'SYN~n~s~rpc~20260701T100000Z~'],
    ['a deadline in milliseconds', 'SYN~n~s~rpc~20260701T100000Z~1782900120000'],
    ['a slot without its Z', 'SYN~n~s~rpc~20260701T100000~1782900120'],
    ['a slot with milliseconds and no counter', 'SYN~n~s~rpc~20260701T100000123Z~1782900120'],
  ])('is not seen in %s', (_, text) => {
    expect(findMark(text)).toBeUndefined();
  });
});

describe('a slot', () => {
  it('of an unscheduled run has milliseconds and a counter', () => {
    expect(key.slot).toBe('20260701T100000007Z-42');
    expect(key.slot).toMatch(SLOT_PATTERN);
  });

  it('refuses an instant that is no date', () => {
    expect(() => unscheduledSlot(NaN, 1)).toThrow(RangeError);
  });
});

describe('ids', () => {
  it.each(['north', 'a', '0', 'n-1', 'x'.repeat(40)])('may be %j', (text) => {
    expect(tenantId(text)).toBe(text);
    expect(scenarioId(text)).toBe(text);
  });

  it.each(['', 'North', 'a_b', 'a%', 'a~b', 'a b', 'é', 'a\n', '../a', 'x'.repeat(41)])(
    'may not be %j',
    (text) => {
      expect(() => tenantId(text)).toThrow(RangeError);
      expect(() => scenarioId(text)).toThrow('is not of the form');
    },
  );
});
