/** Deployments: that something changed, when, and where. */
import { z } from 'zod';

export const deploymentSchema = z
  .strictObject({
    v: z.literal(1),
    /** Sorts by time: the instant at which it went out, and a counter. */
    id: z.string().regex(/^\d{8}T\d{9}Z-\d+$/),
    /** When it went out, epoch milliseconds. */
    atMs: z.int().nonnegative(),
    version: z.string().min(1).max(80),
    commit: z.string().min(1).max(80).exactOptional(),
    /** Who or what says so, for example `gate`, `hand`, or the name of a pipeline. */
    source: z.string().min(1).max(80),
    /** Ids of the tenants that it touches. */
    tenants: z.array(z.string()).min(1).readonly(),
  })
  .readonly()
  .meta({ id: 'Deployment' });

export type Deployment = z.infer<typeof deploymentSchema>;
