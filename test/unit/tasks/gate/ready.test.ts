import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failed, type Failure } from '../../../../src/domain/failure.ts';
import { Stopped } from '../../../../src/engine/boundary.ts';
import type { Engine } from '../../../../src/engine/run-state.ts';
import { awaitReady } from '../../../../src/tasks/gate/ready.ts';
import { virtualBeats } from '../../../support/unit/clock.ts';
import { World } from '../../../support/unit/engine.ts';

beforeEach(virtualBeats);
afterEach(() => {
  vi.useRealTimers();
});

const away: Failure = {
  code: 'odoo.unreachable',
  blame: 'target',
  layer: 'network',
  message: 'connection refused',
};
const refused: Failure = { code: 'odoo.login', blame: 'fleet', message: 'the password is wrong' };

interface Waited {
  readonly ready: boolean;
  readonly asked: number;
  readonly tookMs: number;
}

/** Each sign-in meets the next of these, the last one again and again. */
async function wait(
  world: World,
  answers: readonly (Engine['signIn'] | Failure)[],
  signal = new AbortController().signal,
): Promise<Waited> {
  const { clock, tenant } = world;
  const began = clock.monotonic();
  let asked = 0;
  const signIn: Engine['signIn'] = (...args) => {
    const answer = answers[Math.min(asked, answers.length - 1)] ?? world.engine.signIn;
    asked += 1;
    return typeof answer === 'function' ? answer(...args) : Promise.reject(new Failed(answer));
  };
  const engine = { ...world.engine, signIn };
  const ready = await awaitReady(tenant, engine, { forMs: 30_000, signal });
  return { ready, asked, tookMs: clock.monotonic() - began };
}

describe('waiting for a tenant', () => {
  it('ends at once when it answers, and leaves no session behind', async () => {
    const world = new World();
    expect(await wait(world, [])).toEqual({ ready: true, asked: 1, tookMs: 0 });
    expect(world.odoo.closed).toBe(1);
  });

  it('ends as soon as it answers again', async () => {
    const world = new World();
    const { ready, asked, tookMs } = await wait(world, [away, away, world.engine.signIn]);
    expect({ ready, asked }).toEqual({ ready: true, asked: 3 });
    expect(tookMs).toBeLessThan(10_000);
  });

  it('ends when the time is over', async () => {
    const { ready, asked, tookMs } = await wait(new World(), [away]);
    expect(ready).toBe(false);
    expect(asked).toBeGreaterThan(5);
    expect(tookMs).toBeLessThanOrEqual(30_000);
  });

  it('asks again when no answer comes, and when the answer is a surprise', async () => {
    const world = new World();
    const silent: Engine['signIn'] = () => new Promise(() => undefined);
    const surprise: Engine['signIn'] = () => Promise.reject(new Error('half an answer'));
    const { ready, asked } = await wait(world, [silent, surprise, world.engine.signIn]);
    expect({ ready, asked }).toEqual({ ready: true, asked: 3 });
  });

  it('ends at once for what waiting does not mend', async () => {
    expect(await wait(new World(), [refused])).toEqual({ ready: false, asked: 1, tookMs: 0 });
  });

  it('ends when the gate is stopped, before, between and while it asks', async () => {
    const before = AbortSignal.abort(new Stopped('no more time'));
    expect(await wait(new World(), [], before)).toMatchObject({ ready: false, asked: 0 });

    const world = new World();
    const between = new AbortController();
    world.clock.after(3_000, () => {
      between.abort(new Stopped('no more time'));
    });
    const waited = await wait(world, [away], between.signal);
    expect(waited.ready).toBe(false);
    expect(waited.tookMs).toBeLessThan(5_000);

    const during = new AbortController();
    const silent: Engine['signIn'] = () => {
      during.abort(new Stopped('no more time'));
      return new Promise(() => undefined);
    };
    expect(await wait(new World(), [silent], during.signal)).toMatchObject({
      ready: false,
      asked: 1,
    });
  });
});
