/** What people read of incidents, word by word: read the golden file aloud when it changes. */
import { describe, expect, it } from 'vitest';
import type { TurnInput } from '../../src/alerting/alerting.ts';
import type { Incident, Trouble } from '../../src/domain/incident.ts';
import { expectGolden } from '../support/unit/golden.ts';
import {
  BEGAN,
  deploymentOf,
  failing,
  MINUTE,
  Played,
  place,
  slowTrouble,
} from '../support/unit/incidents.ts';

const RUNBOOKS = 'https://runbooks.example/orderwatch/';

function cardOf(troubles: readonly Trouble[], change: Partial<TurnInput> = {}): Incident {
  const fleet = new Played(change, RUNBOOKS);
  fleet.turn(troubles);
  return fleet.open[0]!;
}

const at = (tenant: string, change: Partial<Trouble> = {}): Trouble =>
  slowTrouble({ tenant, ...change });

function overCard(): Incident {
  const fleet = new Played({}, RUNBOOKS);
  fleet.turn([slowTrouble()]);
  fleet.turn([]);
  fleet.after(31_000).turn([]);
  return [...fleet.incidents.values()][0]!;
}

const cards: Readonly<Record<string, () => Incident>> = {
  'a slow step and a release': () =>
    cardOf([slowTrouble()], { deployments: [deploymentOf(BEGAN - 5 * MINUTE, ['north'])] }),
  'a step that fails, its layer not known': () =>
    cardOf([failing({ layers: [], because: '' })], { tenants: [place('north', ['eu-1', 'pg-3'])] }),
  'a step that fails in the browser': () =>
    cardOf([
      failing({ transport: 'browser', code: 'browser.timeout', layers: ['network'], because: '' }),
    ]),
  'a few slow runs': () =>
    cardOf([
      slowTrouble({
        ...{ kind: 'tail', runs: { bad: 3, of: 12 }, layers: ['application', 'database'] },
        because: '',
        slow: { ratio: 12.4, nowMs: 9_960, lowMs: 640, highMs: 990, words: 'a weekend night' },
      }),
    ]),
  'a step that is slow and nobody knows how much': () => {
    const { slow: _, ...rest } = slowTrouble({ runs: { bad: 0, of: 0 } });
    return cardOf([rest], {
      tenants: [place('north', ['eu-1', 'pg-3']), place('south', ['a', 'pg-3'])],
    });
  },
  'two transactions of a tenant': () =>
    cardOf([slowTrouble(), failing(), at('south', { sinceMs: BEGAN - 20 * MINUTE })]),
  'many transactions of a tenant': () =>
    cardOf(
      ['login', 'stock-reservation', 'order-to-cash', 'edi-exchange', 'picking-validation'].map(
        (scenario) => failing({ scenario }),
      ),
    ),
  'a database host': () =>
    cardOf(
      [at('north'), at('south', { score: 3 }), at('east', { sinceMs: BEGAN + MINUTE }), at('west')],
      {
        deployments: [deploymentOf(BEGAN - 3 * 60 * MINUTE, ['north', 'hill', 'coast'])],
      },
    ),
  'a cluster that fails and is slow': () =>
    cardOf([
      at('north'),
      failing({ tenant: 'hill', layers: ['ingress'], because: 'no answer' }),
      at('east'),
    ]),
  'the whole fleet, over several zones': () =>
    cardOf(
      ['north', 'south', 'east', 'abroad'].map((tenant) =>
        failing({ tenant, code: 'odoo.timeout', layers: ['network'], because: 'no connection' }),
      ),
      {
        tenants: [
          place('north', ['eu-1', 'pg-3']),
          place('south', ['eu-1', 'pg-4']),
          place('east', ['eu-2', 'pg-5']),
          place('abroad', ['us-1', 'pg-9'], 'America/New_York'),
          place('far', ['us-1', 'pg-9'], 'America/New_York'),
        ],
      },
    ),
  'one that has lasted since yesterday': () =>
    cardOf([slowTrouble({ sinceMs: BEGAN - 20 * 60 * MINUTE, runs: { bad: 11, of: 12 } })], {
      deployments: [
        deploymentOf(BEGAN - 20 * 60 * MINUTE - 2 * MINUTE, ['north', 'south', 'east'], '19.0.4'),
        deploymentOf(BEGAN - 21 * 60 * MINUTE, ['north']),
      ],
    }),
  'one that is over': overCard,
};

const shown = (name: string, { title, text, suspects, severity, owner }: Incident): string =>
  [
    `# ${name}`,
    `${severity} for ${owner}: ${title}`,
    text,
    ...suspects.map(({ because, weight }) => `suspect ${weight.toFixed(2)}: ${because}`),
    '',
  ].join('\n');

describe('cards', () => {
  it('read as people write', () => {
    const all = Object.entries(cards).map(([name, make]) => shown(name, make()));
    expectGolden('golden/cards.txt', all.join('\n'));
  });

  it.each(Object.keys(cards))('speak of no statistics and hide nothing: %s', (name) => {
    const { title, text, suspects } = cards[name]!();
    for (const said of [title, text, ...suspects.map(({ because }) => because)]) {
      expect(said).not.toMatch(/undefined|NaN|\[object|\b(?:[Ss]igma|[zZ]|[sS]core)\b|SYN~/);
    }
    expect(title.length).toBeLessThan(120);
  });
});
