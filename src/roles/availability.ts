/** What counted slots change in the availability of their series. */
import {
  type AvailabilityHour,
  availabilitySchema,
  foldSlot,
  resultOf,
} from '../analysis/availability.ts';
import type { PlannedSlot } from '../domain/history.ts';
import type { RunId } from '../domain/ids.ts';
import type { Account } from '../domain/ledger.ts';
import { runIdOf } from '../domain/mark.ts';
import { runRequestOf } from '../domain/run-request.ts';
import { availabilityName } from '../store/availability.ts';
import type { FoldedChange } from '../store/folds.ts';

/** Slots ascend for each series. `known` answers what was folded before. */
export function foldAvailability(
  slots: readonly PlannedSlot[],
  accounts: ReadonlyMap<RunId, Account>,
  known: (name: string) => unknown,
): Pick<FoldedChange, 'values' | 'rollups'> {
  const values = new Map<string, unknown>();
  const rollups = new Map<number, Map<string, AvailabilityHour>>();
  for (const slot of slots) {
    const name = availabilityName(slot);
    const before = availabilitySchema.safeParse(values.get(name) ?? known(name)).data;
    const account = accounts.get(runIdOf(runRequestOf(slot)));
    const { series, hours } = foldSlot(before, slot.slotMs, resultOf(account, slot.tenant));
    values.set(name, series);
    for (const [hourMs, hour] of hours) {
      const all = rollups.get(hourMs) ?? new Map<string, AvailabilityHour>();
      rollups.set(hourMs, all.set(name, hour));
    }
  }
  return { values, rollups };
}
