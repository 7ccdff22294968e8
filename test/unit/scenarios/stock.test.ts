/** Why a reservation is short: only stock that was free and not taken is the tenant's fault. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { whyShort } from '../../../scenarios/blocks/stock.ts';

describe('a reservation that is short', () => {
  it.each([
    ['reservation.shortage', 'scenario', { own: 0, onHand: 0, others: 0 }],
    ['reservation.partial', 'scenario', { own: 1, onHand: 1, others: 0 }],
    ['reservation.rival', 'scenario', { own: 0, onHand: 5, others: 5 }],
    ['reservation.rival', 'scenario', { own: 1, onHand: 5, others: 4 }],
    ['reservation.incomplete', 'target', { own: 1, onHand: 5, others: 0 }],
    ['reservation.incomplete', 'target', { own: 0, onHand: 5, others: 3 }],
  ])('is %s', (code, blame, { own, onHand, others }) => {
    const stock = { onHand, reserved: others + own };
    expect(whyShort({ demand: 2, own, stock })).toMatchObject({ code, blame });
  });

  it('is never the tenant’s fault when there was too little for it', () => {
    const few = fc.nat({ max: 20 });
    fc.assert(
      fc.property(few, few, few, few, (missing, own, onHand, others) => {
        const demand = own + 1 + missing;
        const { blame } = whyShort({ demand, own, stock: { onHand, reserved: others + own } });
        expect(blame).toBe(onHand - others >= demand ? 'target' : 'scenario');
      }),
    );
  });
});
