/** Delivery in virtual time: what reaches a sink, in which state, and what a dead one costs. */
import { describe, expect, it } from 'vitest';
import { Deliverer } from '../../../src/alerting/deliver.ts';
import type { Notice } from '../../../src/alerting/notice.ts';
import { Refused, type Sink } from '../../../src/alerting/sink.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import { FakeClock } from '../../support/unit/clock.ts';
import { failing, Played } from '../../support/unit/incidents.ts';

const [BASE] = ((): readonly Incident[] => {
  const fleet = new Played();
  fleet.turn([failing()]);
  return fleet.open;
})() as [Incident];

const named = (id: string, change: Partial<Incident> = {}): Incident => ({
  ...BASE,
  id,
  ...change,
});
const firing = (incident: Incident): Notice => ({ incident, state: 'firing' });
const resolved = (incident: Incident): Notice => ({ incident, state: 'resolved' });

class Listener implements Sink {
  readonly name = 'listener';
  readonly most: number;
  readonly resendMs?: number;
  readonly said: string[] = [];
  readonly atMs: number[] = [];
  /** Undefined where it takes them. */
  answer: () => Promise<void> = () => Promise.resolve();
  readonly #clock: FakeClock;

  constructor(
    clock: FakeClock,
    { most = 10, resendMs }: { most?: number; resendMs?: number } = {},
  ) {
    this.#clock = clock;
    this.most = most;
    if (resendMs !== undefined) this.resendMs = resendMs;
  }

  async send(notices: readonly Notice[]): Promise<void> {
    this.atMs.push(this.#clock.now());
    await this.answer();
    this.said.push(
      ...notices.map(({ incident, state }) => `${state} ${incident.id} ${incident.title}`),
    );
  }
}

function delivering(options: { most?: number; resendMs?: number } = {}) {
  const clock = new FakeClock(BASE.foundMs);
  const sink = new Listener(clock, options);
  const troubles: unknown[] = [];
  const onTrouble = (_: string, error: unknown): void => {
    troubles.push(error);
  };
  const deliverer = new Deliverer({ sinks: [sink], clock, onTrouble });
  deliverer.start();
  return { clock, sink, deliverer, troubles };
}

const a = named('a', { title: '1' });
const tell = (...notices: readonly Notice[]) => ({
  incidents: notices.map((one) => one.incident),
  notices,
});

describe('delivery', () => {
  it('tells once what is to be told, at most so many at once', async () => {
    const { clock, sink, deliverer } = delivering({ most: 2 });
    deliverer.take(tell(firing(a), firing(named('b')), firing(named('c'))));
    await clock.sleep(600_000);
    expect(sink.said.map((line) => line.slice(0, 8))).toEqual(['firing a', 'firing b', 'firing c']);
    expect(sink.atMs).toHaveLength(2);
    expect(deliverer.counts()).toEqual([{ sink: 'listener', delivered: 3, failed: 0, dropped: 0 }]);
    await deliverer.stop();
  });

  it('tries again with growing pauses, a minute at most, and then says what is true by then', async () => {
    const { clock, sink, deliverer, troubles } = delivering();
    sink.answer = () => Promise.reject(new Error('away'));
    deliverer.take(tell(firing(a)));
    await clock.sleep(400_000);
    const pauses = sink.atMs
      .slice(1)
      .map((at, index) => Math.round((at - sink.atMs[index]!) / 1_000));
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]);
    expect(troubles).toHaveLength(sink.atMs.length);
    deliverer.take({ incidents: [named('a', { title: '2' })], notices: [] });
    deliverer.take(tell(firing(named('b'))));
    deliverer.take(tell(resolved(named('b', { title: 'end' }))));
    sink.answer = () => Promise.resolve();
    await clock.sleep(61_000);
    expect(sink.said).toEqual(['firing a 2', 'resolved b end']);
    await deliverer.stop();
  });

  it('gives up what is refused, and what does not answer only for this time', async () => {
    const { clock, sink, deliverer } = delivering({ most: 1 });
    let count = 0;
    sink.answer = () => {
      count += 1;
      if (count === 1) return Promise.reject(new Refused('never'));
      return count === 2 ? new Promise(() => undefined) : Promise.resolve();
    };
    deliverer.take(tell(firing(a), firing(named('b', { title: '1' }))));
    await clock.sleep(60_000);
    expect(sink.said).toEqual(['firing b 1']);
    expect(deliverer.counts()).toEqual([{ sink: 'listener', delivered: 1, failed: 2, dropped: 1 }]);
    await deliverer.stop();
  });

  it('lets the oldest of more than 1,000 go', async () => {
    const { clock, sink, deliverer } = delivering({ most: 2_000 });
    sink.answer = () => Promise.reject(new Error('away'));
    const all = Array.from({ length: 1_005 }, (_, n) => firing(named(`i${n}`)));
    deliverer.take(tell(...all));
    deliverer.take(tell(resolved(named('i1004'))));
    sink.answer = () => Promise.resolve();
    await clock.sleep(5_000);
    expect(sink.said).toHaveLength(1_000);
    expect(sink.said[0]).toContain('firing i5 ');
    expect(deliverer.counts()).toMatchObject([{ dropped: 5 }]);
    await deliverer.stop();
  });

  it('says again what fires, as it is then, until it is over', async () => {
    const { clock, sink, deliverer } = delivering({ resendMs: 60_000 });
    deliverer.take(tell(firing(a)));
    await clock.sleep(59_000);
    expect(sink.said).toEqual(['firing a 1']);
    deliverer.take({ incidents: [named('a', { title: '2' })], notices: [] });
    await clock.sleep(62_000);
    expect(sink.said).toEqual(['firing a 1', 'firing a 2', 'firing a 2']);
    deliverer.take(tell(resolved(named('a', { title: 'end' }))));
    await clock.sleep(300_000);
    expect(sink.said.slice(3)).toEqual(['resolved a end']);
    await deliverer.stop();
  });

  it('says anew to whom it begins what fires and what has just ended, and forgets it when it rests', async () => {
    const { clock, sink, deliverer } = delivering({ resendMs: 60_000 });
    const nowMs = clock.now();
    deliverer.resume([
      named('open', { title: '' }),
      named('hushed', { silenced: true }),
      named('ended', { title: '', resolvedMs: nowMs - 299_000 }),
      named('old', { resolvedMs: nowMs - 301_000 }),
    ]);
    await clock.sleep(1_000);
    expect(sink.said).toEqual(['firing open ', 'resolved ended ']);
    deliverer.rest();
    await clock.sleep(300_000);
    expect(sink.said).toHaveLength(2);
    await deliverer.stop();
  });

  it('ends at once, also while a sink does not answer', async () => {
    const { clock, sink, deliverer, troubles } = delivering();
    sink.answer = () => new Promise(() => undefined);
    deliverer.take(tell(firing(a)));
    await clock.sleep(100);
    await deliverer.stop();
    expect(troubles).toEqual([]);
  });
});
