import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adminFromEnvironment } from '../../../src/config/environment.ts';
import { secretReference } from '../../../src/config/secrets.ts';
import type { Secret } from '../../../src/lib/secret.ts';
import { temporaryFolder } from '../../support/unit/folder.ts';

const folder = temporaryFolder();

function reference(name: string, env: NodeJS.ProcessEnv = {}) {
  const known = new Set<Secret>();
  return { known, env, reference: secretReference(name, { folder, env, known }) };
}

describe('a reference to a secret', () => {
  it('reads a variable', async () => {
    const { reference: ref } = reference('env:PROBE', { PROBE: 'hunter22' });
    expect((await ref.read()).reveal()).toBe('hunter22');
  });

  it('reads the first line of a file, beside the configuration', async () => {
    writeFileSync(join(folder, 'probe.txt'), 'hunter22\r\na comment\n');
    expect((await reference('file:probe.txt').reference.read()).reveal()).toBe('hunter22');
    expect((await reference(`file:${join(folder, 'probe.txt')}`).reference.read()).reveal()).toBe(
      'hunter22',
    );
  });

  it('keeps spaces: they may belong to the secret', async () => {
    writeFileSync(join(folder, 'spaces.txt'), ' a b \n');
    expect((await reference('file:spaces.txt').reference.read()).reveal()).toBe(' a b ');
  });

  it('is read anew each time, so that a replaced secret is used at once', async () => {
    const { reference: ref, env } = reference('env:PROBE', { PROBE: 'old one' });
    await ref.read();
    env['PROBE'] = 'new one';
    expect((await ref.read()).reveal()).toBe('new one');
  });

  it('makes every secret known to the scrubber, the old ones too, each once', async () => {
    const { reference: ref, env, known } = reference('env:PROBE', { PROBE: 'old one' });
    await ref.read();
    await ref.read();
    env['PROBE'] = 'new one';
    await ref.read();
    expect([...known].map((secret) => secret.reveal())).toEqual(['old one', 'new one']);
  });

  it.each([
    ['env:NOT_SET', 'the secret env:NOT_SET is empty or not set'],
    ['env:EMPTY', 'the secret env:EMPTY is empty or not set'],
    ['file:nobody.txt', 'the secret file:nobody.txt ENOENT'],
    ['file:.', 'the secret file:. EISDIR'],
  ])('that leads nowhere is our own failure: %s', async (name, message) => {
    const { reference: ref } = reference(name, { EMPTY: '' });
    await expect(ref.read()).rejects.toMatchObject({
      failure: { code: 'secret.missing', blame: 'fleet', message },
      fate: 'not-sent',
    });
  });

  it('an empty file is no secret', async () => {
    writeFileSync(join(folder, 'empty.txt'), '\n');
    await expect(reference('file:empty.txt').reference.read()).rejects.toThrow(
      'is empty or not set',
    );
  });

  it('may be printed: it names the place and not the secret', () => {
    expect(JSON.stringify(reference('env:PROBE', { PROBE: 'hunter22' }).reference)).toBe(
      '{"name":"env:PROBE"}',
    );
  });
});

describe('the administrator', () => {
  const env = {
    ORDERWATCH_ADMIN_LOGIN: 'admin',
    ORDERWATCH_ADMIN_PASSWORD: 'general',
    ORDERWATCH_ADMIN_PASSWORD_NORTH_2: 'special',
  };

  it('is the same for all tenants, unless one has its own', () => {
    expect(adminFromEnvironment('south', env)?.secret.reveal()).toBe('general');
    expect(adminFromEnvironment('north-2', env)?.secret.reveal()).toBe('special');
    expect(adminFromEnvironment('north-2', env)?.login).toBe('admin');
  });

  it.each([
    ['no login', { ORDERWATCH_ADMIN_PASSWORD: 'x' }],
    ['no password', { ORDERWATCH_ADMIN_LOGIN: 'x' }],
    ['an empty password', { ORDERWATCH_ADMIN_LOGIN: 'x', ORDERWATCH_ADMIN_PASSWORD: '' }],
    ['nothing', {}],
  ])('is unknown with %s', (_, given) => {
    expect(adminFromEnvironment('north', given)).toBeUndefined();
  });
});
