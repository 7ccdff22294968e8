import { describe, expect, it } from 'vitest';
import { Failed, failureSchema } from '../../../src/domain/failure.ts';

const code = 'odoo.timeout';
const message = 'no answer';
const accepts = (value: unknown): boolean => failureSchema.safeParse(value).success;

describe('the failure schema', () => {
  it.each(['network', 'ingress', 'application', 'database', 'integration', 'access', 'data'])(
    'accepts blame target with layer %s',
    (layer) => {
      expect(accepts({ code, blame: 'target', layer, message })).toBe(true);
    },
  );

  it.each(['scenario', 'fleet'])('accepts blame %s, without a layer', (blame) => {
    expect(accepts({ code, blame, message, step: 'confirm order' })).toBe(true);
  });

  it.each<[string, object]>([
    ['target without a layer', { code, blame: 'target', message }],
    ['target with a layer that there is not', { code, blame: 'target', layer: 'moon', message }],
    ['scenario with a layer', { code, blame: 'scenario', layer: 'data', message }],
    ['fleet with a layer', { code, blame: 'fleet', layer: 'network', message }],
    ['an unknown blame', { code, blame: 'weather', message }],
    ['no blame', { code, message }],
    ['no message', { code, blame: 'fleet' }],
    ['a step that is there and undefined', { code, blame: 'fleet', message, step: undefined }],
    ['a key that nobody knows', { code, blame: 'fleet', message, hint: 'x' }],
    ['a code of one part', { code: 'timeout', blame: 'fleet', message }],
    ['a code in capitals', { code: 'Odoo.Timeout', blame: 'fleet', message }],
  ])('refuses %s', (_, value) => {
    expect(accepts(value)).toBe(false);
  });
});

describe('Failed', () => {
  const failure = { code, blame: 'fleet', message } as const;

  it('carries its failure, its message and a cause', () => {
    const cause = new Error('below');
    const failed = new Failed(failure, { cause });
    expect(failed).toMatchObject({ failure, message, cause, name: 'Failed' });
  });

  it('was refused unless somebody says that its fate is another', () => {
    expect(new Failed(failure).fate).toBe('refused');
    expect(new Failed(failure, { fate: 'unknown' }).fate).toBe('unknown');
  });

  it('has no cause where none is given', () => {
    expect('cause' in new Failed(failure)).toBe(false);
  });
});
