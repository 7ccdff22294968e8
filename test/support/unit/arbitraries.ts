/** Arbitrary ids, slots and run keys. */
import fc from 'fast-check';
import { scenarioId, type TenantId, tenantId } from '../../../src/domain/ids.ts';
import { type RunKey, runIdOf } from '../../../src/domain/mark.ts';
import { slotOf, unscheduledSlot } from '../../../src/domain/slot.ts';
import { transports } from '../../../src/domain/transport.ts';

const idText = fc.stringMatching(/^[a-z0-9-]{1,40}$/);

const tenantIds: fc.Arbitrary<TenantId> = idText.map(tenantId);

/** Any instant that a run of ours can have: 1990 to 2200. */
export const instants = fc.integer({ min: 631_152_000_000, max: 7_258_118_400_000 });

const counters = fc.nat({ max: 2_000_000 });

const slots = fc.oneof(
  fc.tuple(instants, counters).map(([ms, counter]) => unscheduledSlot(ms, counter)),
  instants.map((ms) => slotOf(ms - (ms % 1_000))),
);

export const runKeys: fc.Arbitrary<RunKey> = fc.record({
  tenant: tenantIds,
  scenario: idText.map(scenarioId),
  transport: fc.constantFrom(...transports),
  slot: slots,
});

export const runIds = runKeys.map(runIdOf);

/** Text that does not begin with a digit, for what may stand behind a mark. */
export const noDigitFirst = fc.string({ unit: 'grapheme' }).filter((text) => !/^\d/.test(text));
