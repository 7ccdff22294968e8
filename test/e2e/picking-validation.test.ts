import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import pickingValidation from '../../scenarios/picking-validation.ts';
import { expectWhole, PASSED_CLEAN, play, playBefore, undone } from '../support/books.ts';
import { Changes } from '../support/changes.ts';
import { tenants } from '../support/lab.ts';
import { playWhile } from '../support/meanwhile.ts';

const SCENARIO = 'picking-validation';
/** Of one run; what the scenario declares is the most. */
const ROWS = {
  rpc: { north: 32, south: 61 },
  browser: { north: 41, south: 80 },
} as const;
const TWO_STEP_ROWS = 48;
const RETURNS = { north: 2, south: 4 } as const;

it.concurrent.each(tenants)(
  'picking validation passes in %s over each transport, brings back what left, hop by hop, and leaves the rows that it declares',
  async (tenant) => {
    await playBefore(tenant, SCENARIO);
    for (const transport of pickingValidation.transports) {
      const played = await play(tenant, SCENARIO, transport);
      const hops = tenant === 'south' ? ['prepare goods'] : [];
      expectWhole(played, pickingValidation, [...hops, 'deliver part', 'deliver backorder']);
      const validated = undone(played.report).filter((one) => one.endsWith('.button_validate'));
      expect(validated).toHaveLength(RETURNS[tenant]);
      expect(played.rows, transport).toBe(ROWS[transport][tenant]);
    }
  },
);

it('does not blame the tenant for goods that somebody else moved meanwhile', async () => {
  const changes = await Changes.in('north');
  const { id } = await changes.product();
  const { viewId } = await changes.warehouse();
  const values = { name: 'Elsewhere', usage: 'internal', location_id: viewId };
  try {
    const elsewhere = await changes.create('stock.location', values, { active: false });
    const report = await playWhile('north', SCENARIO, {
      before: 'stock.backorder.confirmation.process',
      happens: async () => {
        await changes.stock(id, elsewhere, 5);
        return undefined;
      },
    });
    expect(report).toMatchObject({
      outcome: {
        kind: 'inconclusive',
        failure: {
          code: 'stock.rival',
          blame: 'scenario',
          message: '1003 on hand, not 998: somebody else moved goods in the meantime',
        },
      },
      compensation: { kind: 'clean' },
    });
  } finally {
    await changes.putBack();
  }
});

it('follows a chain of two steps', async () => {
  const changes = await Changes.in('north');
  const { id } = await changes.warehouse();
  try {
    await changes.write('stock.warehouse', id, { delivery_steps: 'pick_ship' });
    await playBefore('north', SCENARIO);
    const { report, booksBefore, booksAfter, rows } = await play('north', SCENARIO);
    expect(report).toMatchObject(PASSED_CLEAN);
    expect(booksAfter).toEqual(booksBefore);
    expect(rows).toBe(TWO_STEP_ROWS);
  } finally {
    await changes.putBack();
  }
});

it.each(pickingValidation.transports)(
  'declares the rows of the longest chain over %s',
  (transport) => {
    expect(pickingValidation.rows[transport]).toBe(Math.max(...Object.values(ROWS[transport])));
  },
);

describe.each(tenants)('picking validation in %s, where', (tenant) => {
  let changes: Changes;

  beforeEach(async () => {
    changes = await Changes.in(tenant);
  });
  afterEach(async () => {
    await changes.putBack();
  });

  it('nothing is reserved before somebody asks', async () => {
    for (const id of await pickingTypes(changes)) {
      await changes.write('stock.picking.type', id, { reservation_method: 'manual' });
    }
    const { report, booksBefore, booksAfter } = await play(tenant, SCENARIO);
    expect(report).toMatchObject(PASSED_CLEAN);
    expect(booksAfter).toEqual(booksBefore);
  });
});

describe('picking validation in north', () => {
  let changes: Changes;

  beforeEach(async () => {
    changes = await Changes.in('north');
  });
  afterEach(async () => {
    await changes.putBack();
  });

  it.each(['always', 'never'])(
    'is skipped where backorders are made %s, and writes nothing',
    async (rule) => {
      for (const id of await pickingTypes(changes)) {
        await changes.write('stock.picking.type', id, { create_backorder: rule });
      }
      const { report, rows } = await play('north', SCENARIO);
      expect(report.outcome).toMatchObject({
        kind: 'skipped',
        reason: expect.stringContaining(`it is set to ${rule}`) as string,
      });
      expect(report.documents).toEqual([]);
      // The sign-in.
      expect(rows).toBe(1);
    },
  );
});

async function pickingTypes({ access, companyId }: Changes): Promise<readonly number[]> {
  const types = await access.searchRead(
    'stock.picking.type',
    [
      ['company_id', '=', companyId],
      ['code', 'in', ['outgoing', 'internal']],
    ],
    { name: 'text' },
  );
  return types.map(({ id }) => id);
}
