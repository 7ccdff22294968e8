import { describe, expect, it } from 'vitest';
import { checkedName } from '../../../src/channel/names.ts';

describe('a name of a file', () => {
  it.each([
    'a',
    'SYN~north~edi-exchange~rpc~20261123T041500Z~1795752900.xml',
    'a b',
    'é.edi',
    'a..b',
    'x'.repeat(200),
  ])('may be %s', (name) => {
    expect(checkedName(name)).toBe(name);
  });

  it.each([
    '',
    '.',
    '..',
    '.hidden',
    '../up',
    'a/b',
    'a\\b',
    '/etc/passwd',
    'a\0b',
    'a\nb',
    'x'.repeat(201),
    'é'.repeat(101),
    '\uD800',
  ])('may not be %j, and it is the scenario’s fault', (name) => {
    expect(() => checkedName(name)).toThrow(
      expect.objectContaining({
        failure: expect.objectContaining({
          code: 'channel.bad-name',
          blame: 'scenario',
        }) as unknown,
        fate: 'not-sent',
      }),
    );
  });
});
