/** Deployments: that something changed, when, and where. */
import { z } from 'zod';
import type { Span } from './span.ts';

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

type Release = Pick<Deployment, 'version' | 'commit'>;

/**
 * When this release went out to all of these tenants, if it is what they run now: the first of the last deployments in a
 * row that brought it, for deploying again what runs already changes nothing.
 */
export function deploymentOf(
  deployments: readonly Deployment[],
  release: Release,
  tenants: readonly string[],
): Deployment | undefined {
  const touching = newestFirst(deployments).filter((one) =>
    tenants.some((tenant) => one.tenants.includes(tenant)),
  );
  const other = touching.findIndex((one) => !isRelease(one, release));
  const last = other === -1 ? touching : touching.slice(0, other);
  return last.findLast((one) => tenants.every((tenant) => one.tenants.includes(tenant)));
}

/** So long it may take until something is out, or taken back. */
export const GOING_OUT_MS = 600_000;

/**
 * When a tenant ran what a gate rolled back: until the next deployment, or until it must have been taken back after the
 * gate's verdict. All in epoch milliseconds.
 */
export function rolledBackSpan(
  { fromMs, judgedMs }: { readonly fromMs: number; readonly judgedMs: number },
  deployments: readonly Deployment[],
  tenant: string,
): Span {
  const next = deployments.filter(({ atMs, tenants }) => atMs > fromMs && tenants.includes(tenant));
  const nextMs = Math.min(...next.map(({ atMs }) => atMs));
  return { fromMs, toMs: Math.min(nextMs, judgedMs + GOING_OUT_MS) };
}

const isRelease = (one: Deployment, { version, commit }: Release): boolean =>
  one.version === version && (commit === undefined || one.commit === commit);

const newestFirst = (deployments: readonly Deployment[]): readonly Deployment[] =>
  deployments.toSorted((a, b) => b.atMs - a.atMs);
