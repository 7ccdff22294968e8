import { describe, expect, it } from 'vitest';
import { gateListText, gateText } from '../../../src/cli/gate-output.ts';
import {
  alreadyBroken,
  gateResults,
  nothingRan,
  promoted,
  rolledBack,
} from '../../support/unit/gate-results.ts';
import { expectGolden } from '../../support/unit/golden.ts';

const config = 'orderwatch.yaml';

describe('a gate on a terminal', () => {
  it.each(gateResults)('is as it was read and agreed: %s', (name, result) => {
    const wide = gateText(result, { config, artifacts: 'kept', columns: 140 });
    const narrow = gateText(result, { config, artifacts: 'kept', columns: 80 });
    expectGolden(`golden/gate/${name}.txt`, `${wide}\n\n${'-'.repeat(80)}\n${narrow}\n`);
  });

  it('breaks between words, but never what is to be copied', () => {
    const lines = gateText(rolledBack, { config, artifacts: 'kept', columns: 80 }).split('\n');
    const long = lines.filter((line) => line.length > 80);
    expect(long).toEqual([expect.stringMatching(/^ {4}why: orderwatch explain --config/)]);
  });

  it('ends with the verdict and its reason', () => {
    expect(gateText(nothingRan, { config }).split('\n').at(-1)).toBe(
      'inconclusive: nothing was played',
    );
  });

  it('says where nothing was kept only what can be asked', () => {
    expect(gateText(alreadyBroken, { config })).not.toContain('kept');
  });

  it('says what to sweep', () => {
    const runs = alreadyBroken.runs.map((run) => ({
      ...run,
      compensation: { kind: 'pending', actions: [] } as const,
    }));
    const next = 'next: orderwatch sweep --config orderwatch.yaml --tenant north';
    expect(gateText({ ...alreadyBroken, runs }, { config })).toContain(next);
  });
});

describe('past gates on a terminal', () => {
  it('have two lines each, readable in 80 columns', () => {
    const text = gateListText([promoted, rolledBack, nothingRan], 80);
    expect(text.split('\n')).toEqual([
      'gate                   started (UTC)     verdict       code         version',
      '20261123T140000000Z-1  2026-11-23 14:00  promote       sound        2026.11.3',
      '  north: all 6 runs passed, no step got slower',
      '20261123T140000000Z-1  2026-11-23 14:00  rollback      failure      2026.11.3',
      '  north: stock-reservation fails in north at "reserve stock" with odoo.timeout,',
      '    twice; it passed 40 times before',
      '20261123T140000000Z-1  2026-11-23 14:00  inconclusive  nothing-ran',
      '  north, south: nothing was played',
    ]);
  });

  it('are none at first', () => {
    expect(gateListText([])).toBe('no gate is known');
  });
});
