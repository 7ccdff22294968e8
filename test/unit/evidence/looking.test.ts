import { describe, expect, it } from 'vitest';
import { briefly, brokenBy, codeIn } from '../../../src/evidence/looking.ts';

const broken = (code: string): Error => Object.assign(new Error('secret'), { code });

describe('what broke', () => {
  it('is told by its code, never by its text', () => {
    expect(brokenBy(broken('ECONNRESET'))).toBe('ECONNRESET');
    expect(brokenBy(new Error('secret'))).toBe('for an unknown reason');
    expect(brokenBy(null)).toBe('for an unknown reason');
  });

  it('of several addresses is what is not our own lack of a way', () => {
    const several = (...codes: string[]) => new AggregateError(codes.map(broken));
    expect(codeIn(several('ENETUNREACH', 'ECONNREFUSED'))).toBe('ECONNREFUSED');
    expect(codeIn(several('ENETUNREACH', 'ENETUNREACH'))).toBe('ENETUNREACH');
    expect(codeIn(several())).toBeUndefined();
  });
});

it('text of others is one short line', () => {
  expect(briefly('nginx\r\n\u001b[2J')).toBe('nginx [2J');
  expect(briefly('x'.repeat(400))).toHaveLength(120);
});
