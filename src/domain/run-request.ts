/** What a scheduler hands to a worker: which run, and nothing else; a worker finds the rest in its own configuration. */
import { z } from 'zod';
import type { PlannedSlot } from './history.ts';
import { ID_PATTERN, type Slot, scenarioId, tenantId } from './ids.ts';
import { SLOT_PATTERN, slotInstant, slotOf } from './slot.ts';
import { transports } from './transport.ts';

/** The payload of a job. It crosses releases: a worker refuses a version it does not know. */
export const runRequestSchema = z
  .strictObject({
    v: z.literal(1),
    tenant: z.string().regex(ID_PATTERN).transform(tenantId),
    scenario: z.string().regex(ID_PATTERN).transform(scenarioId),
    transport: z.enum(transports),
    slot: z
      .string()
      .regex(SLOT_PATTERN)
      .refine((text) => Number.isFinite(slotInstant(text as Slot)), 'no such instant')
      .transform((text) => text as Slot),
    /** Of a run that repeats one which failed alone: better on another worker than that one's. */
    confirms: z
      .strictObject({ runId: z.string(), worker: z.string().exactOptional() })
      .readonly()
      .exactOptional(),
  })
  .readonly();

export type RunRequest = z.infer<typeof runRequestSchema>;

/** Of a request for a planned slot. */
export function plannedSlotOf({ tenant, scenario, transport, slot }: RunRequest): PlannedSlot {
  return { tenant, scenario, transport, slotMs: slotInstant(slot) };
}

export function runRequestOf({ tenant, scenario, transport, slotMs }: PlannedSlot): RunRequest {
  return { v: 1, tenant, scenario, transport, slot: slotOf(slotMs) };
}
