import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failed, type Failure, failureSchema } from '../../src/domain/failure.ts';
import { type Circumstances, Skip, Stopped, toFailure } from '../../src/engine/boundary.ts';
import { TimeUp } from '../../src/lib/deadline.ts';
import { hostile } from '../support/unit/hostile.ts';

const words = fc.string({ unit: 'binary' });
const layers = fc.constantFrom(
  'network',
  'ingress',
  'application',
  'database',
  'integration',
  'access',
  'data',
);
const codes = fc.stringMatching(/^[a-z0-9-]{1,12}\.[a-z0-9-]{1,12}$/);

const failures = fc.oneof(
  fc.record({ code: codes, blame: fc.constant('target'), layer: layers, message: words }),
  fc.record({ code: codes, blame: fc.constantFrom('scenario', 'fleet'), message: words }),
) as fc.Arbitrary<Failure>;

const failed = fc
  .tuple(failures, fc.constantFrom('refused', 'unknown', 'not-sent'))
  .map(([failure, fate]) => new Failed(failure, { fate } as const));

/** Anything that JavaScript lets one throw; made late, for fast-check itself looks at what it makes. */
const throwing: fc.Arbitrary<() => unknown> = fc.oneof(
  fc.constantFrom(...hostile.map(([, make]) => make)),
  fc
    .oneof(
      failed,
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
      fc.constantFrom(null, undefined, '', 0, NaN, Symbol('x'), 10n),
      words.map((message) => new Error(message)),
      words.map((message) => new TimeUp(message)),
      words.map((message) => new Stopped(message)),
      words.map((message) => new Skip(message)),
      fc.tuple(words, words).map(([message, code]) => Object.assign(new Error(message), { code })),
    )
    .map((thrown) => () => thrown),
);

const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  inScenario: fc.boolean(),
  waitingFor: fc.array(fc.constantFrom('sale.order.read', 'sign in'), { maxLength: 2 }),
  stalledMs: fc.nat(5_000),
  elapsedMs: fc.nat(100_000),
  step: fc.option(words, { nil: undefined }),
  secrets: fc.constant([]),
});

describe('the single catch', () => {
  it('answers a valid failure, whatever was thrown', () => {
    fc.assert(
      fc.property(throwing, circumstances, (make, seen) => {
        const what = make();
        const failure = toFailure(what, seen);
        expect(failureSchema.safeParse(failure).error).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  it('blames the target only where somebody who knows says so, or Odoo was still owed an answer', () => {
    fc.assert(
      fc.property(throwing, circumstances, (make, seen) => {
        const what = make();
        if (toFailure(what, seen).blame !== 'target') return;
        const said = isOneOf(what, Failed) && what.failure.blame === 'target';
        const silent = isOneOf(what, TimeUp) && [...(seen.waitingFor ?? [])].length > 0;
        expect(said || silent).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('blames the scenario only while its own code runs, or where somebody who knows says so', () => {
    fc.assert(
      fc.property(throwing, circumstances, (make, seen) => {
        const what = make();
        if (toFailure(what, seen).blame !== 'scenario') return;
        const said = isOneOf(what, Failed) && what.failure.blame === 'scenario';
        expect(said || seen.inScenario).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('never blames the target for a time that ran out while we stood still for a second', () => {
    const timed = fc.oneof(
      words.map((message) => new TimeUp(message)),
      fc
        .constantFrom('odoo.timeout', 'odoo.unreachable', 'channel.timeout', 'channel.unreachable')
        .map((code) => new Failed({ code, blame: 'target', layer: 'network', message: 'x' })),
    );
    fc.assert(
      fc.property(timed, circumstances, (what, seen) => {
        expect(toFailure(what, { ...seen, stalledMs: 1_000 }).blame).not.toBe('target');
      }),
    );
  });

  it('keeps the step and puts the message on one line', () => {
    fc.assert(
      fc.property(words, circumstances, (message, seen) => {
        const failure = toFailure(new Error(message), seen);
        expect(failure.step).toBe(seen.step);
        expect(failure.message).not.toMatch(/[\r\n\u2028\u2029\u001b]/);
        expect(failure.message.length).toBeLessThanOrEqual(500);
      }),
    );
  });
});

/** `instanceof` for values that may refuse to be asked. */
function isOneOf<T>(value: unknown, type: abstract new (...args: never[]) => T): value is T {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}
