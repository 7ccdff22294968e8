import { describe, expect, it } from 'vitest';
import {
  type Consent,
  type ConsentLevel,
  consentLevels,
  consentRefusal,
} from '../../../src/domain/consent.ts';

const until = Date.UTC(2026, 11, 31, 23, 59, 59, 999);
const consentOf = (level: ConsentLevel): Consent =>
  level === 'read-only' ? { level } : { level, by: 'Ada', untilMs: until };

// Rows: what was agreed; columns: what the scenario needs.
const allowed: readonly (readonly [ConsentLevel, readonly ConsentLevel[]])[] = [
  ['read-only', ['read-only']],
  ['draft', ['read-only', 'draft']],
  ['reversible', ['read-only', 'draft', 'reversible']],
  ['full', ['read-only', 'draft', 'reversible', 'full']],
];
const table = allowed.flatMap(([given, may]) =>
  consentLevels.map((needed) => [given, needed, may.includes(needed)] as const),
);

describe('consent', () => {
  it.each(table)('%s, where %s is needed: allowed is %s', (given, needed, may) => {
    const refusal = consentRefusal(consentOf(given), needed, until);
    expect(refusal).toBe(may ? undefined : `consent is ${given}, this scenario needs ${needed}`);
  });

  it('ends after its last day, by name of the day', () => {
    expect(consentRefusal(consentOf('full'), 'draft', until)).toBeUndefined();
    expect(consentRefusal(consentOf('full'), 'draft', until + 1)).toBe('consent ended 2026-12-31');
  });

  it('to read does not end', () => {
    expect(consentRefusal(consentOf('full'), 'read-only', until + 1)).toBeUndefined();
    expect(consentRefusal(consentOf('read-only'), 'read-only', Infinity)).toBeUndefined();
  });
});
