/** The rule table against what real faults look like from outside, one row for each; and its laws as properties. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge, otherwise, type Said, type Trouble } from '../../../../src/analysis/blame/judge.ts';
import { rules } from '../../../../src/analysis/blame/rules.ts';
import {
  type Look,
  looks,
  type Observation,
  observationSchema,
} from '../../../../src/domain/evidence.ts';
import type { Layer } from '../../../../src/domain/failure.ts';

type Sight = Partial<Record<Look, string>>;

const seenAs = (sight: Sight): readonly Observation[] =>
  Object.entries(sight).map(([look, seen]) => observationSchema.parse({ look, seen }));

const said = (code: string, layer: Layer = 'application'): Said => ({
  ...{ code, blame: 'target', layer },
});

/** Everything is well but what is said otherwise. */
const WELL: Sight = {
  dns: 'ok',
  connect: 'ok',
  health: 'ok',
  'database-health': 'ok',
  page: 'ok',
  read: 'ok',
  'event-loop': 'ok',
  clock: 'ok',
  disk: 'ok',
};
const NOTHING_ANSWERS: Sight = { connect: 'ok', health: 'silent', read: 'silent', page: 'silent' };

const timeout = said('odoo.timeout');
const gateway = said('odoo.gateway-error', 'ingress');

const table: readonly (readonly [string, Trouble, Sight, string])[] = [
  ['PostgreSQL stopped', said('odoo.database', 'database'), WELL, 'target database'],
  [
    'PostgreSQL stopped, on a page',
    said('web.dialog'),
    { ...WELL, 'database-health': 'no-database', read: 'no-database' },
    'target database',
  ],
  [
    'the tenant’s database refuses',
    said('web.refused'),
    { ...WELL, read: 'no-database', page: 'no-database' },
    'target database',
  ],
  ['a lock, with DSN', timeout, { ...WELL, postgres: 'locked' }, 'target database'],
  ['a lock, without', timeout, WELL, 'target application database'],
  [
    'a lock that holds up all workers',
    timeout,
    { ...WELL, ...NOTHING_ANSWERS, postgres: 'locked' },
    'target database',
  ],
  ['the same without DSN', timeout, { ...WELL, ...NOTHING_ANSWERS }, 'target application database'],
  ['a slow query, run passed', 'slow', { ...WELL, postgres: 'busy' }, 'target database'],
  ['slow code, with DSN', timeout, { ...WELL, postgres: 'idle' }, 'target application'],
  [
    'a tenant whose reads hang',
    timeout,
    { ...WELL, read: 'silent' },
    'target database application',
  ],
  [
    'no connection is left',
    said('odoo.database', 'database'),
    { ...WELL, postgres: 'exhausted' },
    'target database',
  ],
  [
    'all workers busy, with DSN',
    timeout,
    { ...WELL, ...NOTHING_ANSWERS, postgres: 'idle' },
    'target application',
  ],
  ['a worker killed behind an ingress', gateway, WELL, 'target application ingress'],
  [
    'Odoo stopped behind its ingress',
    gateway,
    { ...WELL, health: 'gateway' },
    'target application ingress',
  ],
  [
    'the same, with DSN',
    gateway,
    { ...WELL, health: 'gateway', postgres: 'unused' },
    'target application',
  ],
  [
    'ingress stopped',
    said('odoo.unreachable', 'ingress'),
    { dns: 'ok', connect: 'refused' },
    'target ingress',
  ],
  ['a wrong route', said('odoo.foreign-answer'), { ...WELL, health: 'foreign' }, 'target ingress'],
  ['200 with HTML', said('odoo.foreign-answer'), { ...WELL, health: 'foreign' }, 'target ingress'],
  ['HTML for this request only', said('odoo.foreign-answer'), WELL, 'target ingress application'],
  [
    'an expired certificate',
    said('odoo.unreachable', 'ingress'),
    { ...WELL, tls: 'expired' },
    'target ingress',
  ],
  [
    'a name that is not known',
    said('odoo.unreachable', 'network'),
    { dns: 'unknown-name' },
    'target network',
  ],
  ['nobody resolves', said('odoo.unreachable', 'network'), { dns: 'no-resolver' }, 'fleet'],
  [
    'resets',
    said('odoo.unreachable', 'network'),
    { ...WELL, health: 'cut' },
    'target network ingress',
  ],
  ['trickling answers', timeout, { ...WELL, health: 'trickling' }, 'target network ingress'],
  [
    'endless answers',
    said('odoo.malformed-answer'),
    { ...WELL, health: 'endless' },
    'target network ingress',
  ],
  ['a right removed', said('capability.lost', 'access'), WELL, 'target access'],
  ['out of stock', said('reservation.incomplete', 'data'), WELL, 'target data'],
  [
    'a document imported wrongly',
    said('edi.wrong-quantity', 'integration'),
    WELL,
    'target integration',
  ],
  ['a full filestore', said('odoo.storage-full'), WELL, 'target application'],
  ['we stood still', timeout, { ...WELL, 'event-loop': 'stalled' }, 'fleet'],
  ['we were throttled', timeout, { ...WELL, cpu: 'throttled' }, 'fleet'],
  [
    'our clock jumped',
    said('odoo.unreachable', 'ingress'),
    { ...WELL, clock: 'jumped', tls: 'expired' },
    'fleet',
  ],
  ['no disk of ours', { code: 'state.unusable', blame: 'fleet' }, { disk: 'full' }, 'fleet'],
  ['a button renamed', { code: 'scenario.not-on-page', blame: 'scenario' }, WELL, 'scenario'],
];

it.each(table)('%s', (_, trouble, sight, answer) => {
  const { blame, layers } = judge(trouble, seenAs(sight));
  expect([blame, ...layers].join(' ')).toBe(answer);
});

const observations = fc
  .record(
    Object.fromEntries(
      Object.entries(looks).map(([look, words]) => [look, fc.constantFrom<string>(...words)]),
    ),
    { requiredKeys: [] },
  )
  .map((sight) => seenAs(sight as Sight));
const codes = fc.constantFrom(
  ...new Set(rules.flatMap(({ when }) => when.code ?? []).map((code) => code.replace(/\.$/, '.x'))),
  'channel.host-key',
  'odoo.server-error',
);

describe('whatever was seen', () => {
  it('what is ours, or the scenario’s, is never the tenant’s', () => {
    const ours = fc.record({ code: codes, blame: fc.constantFrom('fleet', 'scenario') });
    fc.assert(
      fc.property(ours, observations, (trouble, seen) => {
        expect(judge(trouble as Said, seen)).toMatchObject({ blame: trouble.blame, layers: [] });
      }),
    );
  });

  it('a layer goes with blame target, and one always does', () => {
    const trouble = fc.oneof(
      codes.map((code) => said(code)),
      fc.constant('slow' as const),
    );
    fc.assert(
      fc.property(trouble, observations, (one, seen) => {
        const { blame, layers } = judge(one, seen);
        expect(layers.length > 0).toBe(blame === 'target');
      }),
    );
  });

  it('what would have changed the answer does change it, and each rule is named once', () => {
    fc.assert(
      fc.property(codes, observations, (code, seen) => {
        const actual = judge(said(code), seen);
        const others = otherwise(said(code), seen);
        for (const { look, seen: word, judgement } of others) {
          const rest = seen.filter((one) => one.look !== look);
          expect(judge(said(code), [...rest, { look, seen: word }])).toEqual(judgement);
          expect(judgement).not.toMatchObject({ blame: actual.blame, layers: actual.layers });
        }
        const named = others.map(({ judgement }) => judgement.rule);
        expect(new Set(named).size).toBe(named.length);
      }),
    );
  });
});

describe('the table', () => {
  it('has a name for each rule, and each rule can decide', () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const { id, when } of rules) {
      const sight = Object.fromEntries(
        Object.entries(when.seen ?? {}).map(([look, words]) => [look, words[0]]),
      ) as Sight;
      const code = (when.code?.[0] ?? 'odoo.x').replace(/\.$/, '.x');
      expect(judge(code === 'slow' ? code : said(code), seenAs(sight)).rule).toBe(id);
    }
  });

  it('knows no word that a look cannot show', () => {
    for (const { when } of rules) {
      for (const [look, words] of Object.entries(when.seen ?? {})) {
        expect(looks[look as Look]).toEqual(expect.arrayContaining([...words]));
      }
    }
  });
});
