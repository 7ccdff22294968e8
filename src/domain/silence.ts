/** Times in which nobody is to be alerted: planned maintenance, or somebody's word that it is known. */
import { z } from 'zod';

export const silenceSchema = z
  .strictObject({
    v: z.literal(1),
    /** Sorts by time: when it was made, and a counter. */
    id: z.string().regex(/^\d{8}T\d{9}Z-\d+$/),
    /** Maintenance does not count against an objective either, and is not learned from. */
    kind: z.enum(['silence', 'maintenance']),
    /** Ids of tenants. */
    tenants: z.array(z.string()).min(1).readonly(),
    /** Only of this scenario; of all when absent. */
    scenario: z.string().exactOptional(),
    /** Epoch milliseconds, `[fromMs, toMs)`. */
    fromMs: z.int().nonnegative(),
    toMs: z.int().nonnegative(),
    reason: z.string().min(1).max(200),
    by: z.string().min(1).max(80),
  })
  .readonly()
  .meta({ id: 'Silence' });

export type Silence = z.infer<typeof silenceSchema>;
