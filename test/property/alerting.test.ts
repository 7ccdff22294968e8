/** The laws of alerting: each alert in one incident, in no order, only ever wider, and told once. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alertsOf, keyOf } from '../../src/alerting/parts.ts';
import type { Incident, Trouble } from '../../src/domain/incident.ts';
import { BEGAN, failing, MINUTE, PLACES, Played, slowTrouble } from '../support/unit/incidents.ts';

const someLayers = fc.subarray(['database', 'application', 'network'] as const, { maxLength: 2 });

const trouble: fc.Arbitrary<Trouble> = fc
  .record({
    tenant: fc.constantFrom(...PLACES.map(({ id }): string => id), 'gone'),
    scenario: fc.constantFrom('login', 'picking-validation', 'invoice-posting'),
    transport: fc.constantFrom('rpc' as const, 'browser' as const),
    score: fc.constantFrom(0.5, 1, 1.4, 3),
    sinceMs: fc.integer({ min: 0, max: 60 }).map((minutes) => BEGAN + minutes * MINUTE),
    layers: someLayers,
    fails: fc.boolean(),
    shared: fc.boolean(),
  })
  .map(({ fails, shared, ...one }) => ({
    ...(fails ? failing(one) : slowTrouble(one)),
    ...(shared && one.tenant !== 'coast' ? { sharedHost: 'pg-3' } : {}),
  }));

const troubles = fc.uniqueArray(trouble, { selector: keyOf, maxLength: 14 });
/** What is seen in the turns of an hour and more. */
const history = fc.array(fc.tuple(fc.integer({ min: 1, max: 1_200 }), troubles), { maxLength: 8 });

const NOW = BEGAN + 61 * MINUTE;
const played = (): Played => new Played({}).after(NOW - BEGAN - 30 * MINUTE);

const WIDTH = { step: 0, tenant: 1, platform: 2, fleet: 4 } as const;
const widthOf = ({ scope }: Incident): number =>
  WIDTH[scope.kind] + (scope.kind === 'platform' && scope.part === 'cluster' ? 1 : 0);

const holder = (incidents: readonly Incident[], key: string): Incident | undefined =>
  incidents.find(({ parts }) => parts.some((one) => keyOf(one) === key));

describe('alerting', () => {
  it('holds each alert in exactly one open incident, and nothing else that never was one', () => {
    fc.assert(
      fc.property(history, (turns) => {
        const fleet = played();
        for (const [seconds, seen] of turns) {
          fleet.after(seconds * 1_000).turn(seen);
          const held = fleet.held;
          expect(held).toHaveLength(new Set(held).size);
          for (const key of alertsOf(seen).keys()) expect(held).toContain(key);
        }
        for (const { parts } of fleet.incidents.values()) {
          expect(parts.every(({ score }) => score >= 1)).toBe(true);
        }
      }),
    );
  });

  it('finds the same whatever the order of what was seen', () => {
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.nat()), (turns, noise) => {
        const [one, other] = [played(), played()];
        for (const [seconds, seen] of turns) {
          const shuffled = seen
            .map((item) => [noise.next().value as number, item] as const)
            .sort(([a], [b]) => a - b)
            .map(([, item]) => item);
          const first = one.after(seconds * 1_000).turn(seen);
          const second = other.after(seconds * 1_000).turn(shuffled, {
            open: other.open.toReversed(),
            recent: other.recent.toReversed(),
            tenants: PLACES.toReversed(),
          });
          expect(second).toEqual(first);
        }
      }),
    );
  });

  it('reaches never less far for one trouble more', () => {
    fc.assert(
      fc.property(troubles, trouble, (seen, more) => {
        fc.pre(!seen.some((one) => keyOf(one) === keyOf(more)));
        const [without, withIt] = [played(), played()];
        without.turn(seen);
        withIt.turn([...seen, more]);
        for (const key of without.held) {
          const [narrow, wide] = [holder(without.open, key)!, holder(withIt.open, key)!];
          expect(widthOf(wide)).toBeGreaterThanOrEqual(widthOf(narrow));
        }
      }),
    );
  });

  it('only ever grows while it is open, in reach and in severity', () => {
    const gravity = ['info', 'ticket', 'page'];
    fc.assert(
      fc.property(history, (turns) => {
        const fleet = played();
        for (const [seconds, seen] of turns) {
          const before = fleet.open;
          fleet.after(seconds * 1_000).turn(seen);
          for (const one of before) {
            const after = fleet.incidents.get(one.id)!;
            expect(widthOf(after)).toBeGreaterThanOrEqual(widthOf(one));
            expect(gravity.indexOf(after.severity)).toBeGreaterThanOrEqual(
              gravity.indexOf(one.severity),
            );
          }
        }
      }),
    );
  });

  it('changes nothing and tells nobody when a turn is played again', () => {
    fc.assert(
      fc.property(history, (turns) => {
        const fleet = played();
        for (const [seconds, seen] of turns) {
          fleet.after(seconds * 1_000).turn(seen);
          expect(fleet.turn(seen)).toEqual({ incidents: [], confirmations: [], notices: [] });
        }
      }),
    );
  });

  it('tells of the end of all that it told of, once everything is well', () => {
    fc.assert(
      fc.property(history, (turns) => {
        const fleet = played();
        const firing = new Set<string>();
        const listen = ({ notices }: ReturnType<Played['turn']>): void => {
          for (const { incident, state } of notices) {
            if (state === 'firing') firing.add(incident.id);
            else expect(firing.delete(incident.id)).toBe(true);
          }
        };
        for (const [seconds, seen] of turns) listen(fleet.after(seconds * 1_000).turn(seen));
        listen(fleet.after(1_000).turn([]));
        listen(fleet.after(30_000).turn([]));
        expect([...firing]).toEqual([]);
        expect(fleet.open).toEqual([]);
      }),
    );
  });
});
