import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret, scrub } from '../../../src/lib/secret.ts';

const PLAIN = 'p&ss "w<rd>\\ é%';
const secret = new Secret(PLAIN);

describe('Secret', () => {
  it.each<[string, () => string]>([
    ['String()', () => String(secret)],
    ['a template', () => `<${secret.toString()}>`],
    ['concatenation', () => ['', secret].join('')],
    ['JSON', () => JSON.stringify({ secret, list: [secret] })],
    ['inspect', () => inspect(secret)],
    ['inspect of an object around it', () => inspect({ deep: { secret } }, { depth: 9 })],
    ['inspect with hidden properties', () => inspect(secret, { showHidden: true, depth: 9 })],
    ['console with %s', () => format('%s', secret)],
    ['console with %o', () => format('%o', secret)],
    ['console with %O', () => format('%O', secret)],
    ['console with %j', () => format('%j', secret)],
    ['console without a format', () => format(secret)],
    ['an error that carries it', () => inspect(new Error('x', { cause: secret }))],
    ['a copy of its properties', () => inspect(Object.assign({}, secret))],
    ['its own keys', () => inspect(Reflect.ownKeys(secret))],
  ])('is not shown by %s', (_, print) => {
    expect(print()).not.toContain(PLAIN);
    expect(print()).not.toContain('ss "w');
  });

  it('shows that there is one', () => {
    expect(`${secret.toString()} ${JSON.stringify(secret)} ${inspect(secret)}`).toBe(
      '[secret] "[secret]" [secret]',
    );
  });

  it('is handed out by reveal alone', () => {
    expect(secret.reveal()).toBe(PLAIN);
  });
});

describe('scrub', () => {
  it.each([
    ['plain', PLAIN],
    ['in a URL', encodeURIComponent(PLAIN)],
    ['in XML', 'p&amp;ss &quot;w&lt;rd&gt;\\ é%'],
    ['in JSON', JSON.stringify(PLAIN).slice(1, -1)],
    ['in base64', Buffer.from(PLAIN).toString('base64')],
    ['in base64 without padding', Buffer.from(PLAIN).toString('base64').replace(/=+$/, '')],
  ])('takes a secret out %s', (_, form) => {
    const clean = scrub(`before ${form} and ${form} after`, [secret]);
    expect(clean).toMatch(/^before \[secret\]=* and \[secret\]=* after$/);
  });

  it('takes out the longer of two secrets that begin alike, whole', () => {
    const secrets = [new Secret('hunter'), new Secret('hunter22')];
    expect(scrub('hunter22 hunter', secrets)).toBe('[secret] [secret]');
  });

  it('leaves texts shorter than 4 characters alone: they would blank whole words', () => {
    expect(scrub('an apple a day', [new Secret('app'), new Secret('')])).toBe('an apple a day');
  });

  it('changes nothing where there is no secret', () => {
    expect(scrub('nothing to hide', [])).toBe('nothing to hide');
  });

  it('survives a secret that no URL can carry', () => {
    expect(scrub('a \ud800broken b', [new Secret('\ud800broken')])).toBe('a [secret] b');
  });
});
