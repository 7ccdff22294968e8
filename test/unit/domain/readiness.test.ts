import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureSchema } from '../../../src/domain/failure.ts';
import {
  judge,
  lostCapability,
  type Missing,
  missingText,
  sameNeeds,
} from '../../../src/domain/readiness.ts';

const needs = { modules: ['sale_stock'], fields: {}, access: {} };
const module: Missing = { kind: 'module', what: 'module sale_stock' };
const right: Missing = { kind: 'right', what: 'right create on sale.order' };
const fixture: Missing = { kind: 'fixture', what: 'product X' };

const missings = fc.array(
  fc.record<Missing>({
    kind: fc.constantFrom('module', 'field', 'right', 'fixture'),
    what: fc.string(),
  }),
  { maxLength: 4 },
);

describe('judging a tenant', () => {
  it('finds it ready when nothing is missing', () => {
    expect(judge(undefined, needs, [])).toMatchObject({ missing: [], everReady: true });
  });

  it('does not call it ever ready when it never was', () => {
    expect(judge(undefined, needs, [module])).toMatchObject({
      missing: [module],
      everReady: false,
    });
  });

  it('never forgets that it was ready, whatever is found later', () => {
    fc.assert(
      fc.property(fc.array(missings, { maxLength: 6 }), (looks) => {
        let known = judge(undefined, needs, []);
        for (const missing of looks) known = judge(sameNeeds(known, needs), needs, missing);
        expect(known.everReady).toBe(true);
      }),
    );
  });

  it('is ever ready exactly from the first look that found nothing missing', () => {
    fc.assert(
      fc.property(fc.array(missings, { minLength: 1, maxLength: 6 }), (looks) => {
        let known: ReturnType<typeof judge> | undefined;
        for (const missing of looks) known = judge(known, needs, missing);
        expect(known?.everReady).toBe(looks.some((missing) => missing.length === 0));
      }),
    );
  });
});

describe('what is known', () => {
  const known = judge(undefined, needs, []);

  it('holds for the same needs, also when they were read from a file again', () => {
    expect(sameNeeds(known, JSON.parse(JSON.stringify(needs)) as object)).toBe(known);
  });

  it('is worth nothing for other needs', () => {
    expect(sameNeeds(known, { ...needs, modules: ['sale'] })).toBeUndefined();
    expect(sameNeeds(undefined, needs)).toBeUndefined();
  });
});

describe('a lost capability', () => {
  it.each([
    ['access', [right, right]],
    ['data', [fixture]],
    ['application', [module]],
    ['application', [right, module]],
    ['application', [right, fixture]],
  ] as const)('is of layer %s', (layer, missing) => {
    expect(lostCapability(missing)).toMatchObject({
      code: 'capability.lost',
      blame: 'target',
      layer,
    });
  });

  it('names everything that is gone and how to accept it', () => {
    expect(lostCapability([right, module]).message).toBe(
      'was ready before, now missing: right create on sale.order, module sale_stock (accept with: orderwatch doctor --accept)',
    );
    expect(missingText([fixture])).toBe('missing: product X');
  });

  it('is always a valid failure', () => {
    fc.assert(
      fc.property(missings, (missing) => {
        expect(failureSchema.safeParse(lostCapability(missing)).success).toBe(true);
      }),
    );
  });
});
