/** The one door to Odoo: reads are free, writes pass the fence, nothing is sent twice. */
import { describe, expect, it } from 'vitest';
import { Access, CallLog } from '../../../src/engine/access.ts';
import { FakeClock } from '../../support/unit/clock.ts';
import { FakeOdoo, replyLost } from '../../support/unit/odoo.ts';

function setUp(
  options: { readonly fence?: () => Promise<void>; readonly signal?: AbortSignal } = {},
) {
  const odoo = new FakeOdoo();
  const log = new CallLog(new FakeClock());
  const fence = options.fence ?? (() => Promise.resolve());
  const signal = options.signal ?? new AbortController().signal;
  return { odoo, log, access: new Access(odoo.session(), { callMs: 10_000, signal, fence }, log) };
}

describe('reading', () => {
  it('asks nothing for no ids', async () => {
    const { odoo, access } = setUp();
    expect(await access.read('sale.order', [], { name: 'text' })).toEqual([]);
    expect(odoo.calls).toEqual([]);
  });

  it('asks for the fields of the scenario and for no others', async () => {
    const { odoo, access } = setUp();
    await access.searchRead(
      'res.partner',
      [['ref', '=', 'x']],
      { ref: 'text' },
      { limit: 1, order: 'id' },
    );
    expect(odoo.params[0]).toMatchObject({
      args: [[['ref', '=', 'x']]],
      kwargs: { fields: ['ref'], limit: 1, order: 'id' },
    });
  });

  it('never asks the fence', async () => {
    const { access } = setUp({ fence: () => Promise.reject(new Error('closed')) });
    expect(await access.count('res.partner', [])).toBe(1);
  });

  it('is not a number where Odoo counts something else', async () => {
    const { odoo, access } = setUp();
    odoo.on('res.partner.search_count', () => 'many');
    await expect(access.count('res.partner', [])).rejects.toMatchObject({
      failure: { code: 'odoo.malformed-answer', blame: 'target' },
    });
  });
});

describe('writing', () => {
  it('does not happen when the fence is closed', async () => {
    const { odoo, log, access } = setUp({ fence: () => Promise.reject(new Error('closed')) });
    await expect(access.write('sale.order', 'write', [[1], {}])).rejects.toThrow('closed');
    expect(odoo.calls).toEqual([]);
    expect(log.written).toBe(false);
  });

  it('asks the fence before each write anew', async () => {
    let asked = 0;
    const fence = () => {
      asked += 1;
      return Promise.resolve();
    };
    const { access } = setUp({ fence });
    await access.create('sale.order', {});
    await access.create('sale.order', {});
    expect(asked).toBe(2);
  });

  it('is never tried a second time', async () => {
    const { odoo, access } = setUp();
    odoo.on('sale.order.create', () => Promise.reject(replyLost()));
    await expect(access.create('sale.order', {})).rejects.toMatchObject({ fate: 'unknown' });
    expect(odoo.calls).toEqual(['sale.order.create']);
  });

  it('of an unknown fate counts as written', async () => {
    const { odoo, log, access } = setUp();
    odoo.on('sale.order.create', () => Promise.reject(replyLost()));
    await access.create('sale.order', {}).catch(() => undefined);
    expect(log.written).toBe(true);
  });

  it('is read back by reading that model, not another', async () => {
    const { log, access } = setUp();
    await access.create('sale.order', {});
    await access.searchRead('res.partner', [], {});
    expect([...log.unread]).toEqual(['sale.order']);
    await access.searchRead('sale.order', [], {});
    expect([...log.unread]).toEqual([]);
  });

  it('has no value where Odoo committed without one', async () => {
    const { odoo, access } = setUp();
    odoo.on('sale.order.action_confirm', () => undefined);
    expect(await access.write('sale.order', 'action_confirm', [[1]])).toBeUndefined();
  });
});

describe('after a stop', () => {
  it('nothing is sent any more, neither reads nor writes', async () => {
    const reason = new Error('stop');
    const { odoo, access } = setUp({ signal: AbortSignal.abort(reason) });
    await expect(access.count('res.partner', [])).rejects.toBe(reason);
    await expect(access.create('sale.order', {})).rejects.toBe(reason);
    expect(odoo.calls).toEqual([]);
  });
});

describe('the log of calls', () => {
  it('notes every call with its time and its end, and no value', async () => {
    const { odoo, log, access } = setUp();
    odoo.on('sale.order.action_confirm', () => Promise.reject(replyLost()));
    const id = await access.create('sale.order', { client_order_ref: 'secret value' });
    await access.write('sale.order', 'action_confirm', [[id]]).catch(() => undefined);
    expect(log.calls).toEqual([
      { call: 'sale.order.create', atMs: 0, durationMs: 0, outcome: 'answered' },
      { call: 'sale.order.action_confirm', atMs: 0, durationMs: 0, outcome: 'failed' },
    ]);
  });
});
