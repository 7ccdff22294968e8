/** Stage five: how urgent an incident is, in which layer it lies, and who is asked first. */
import { type Layer, layerSchema } from '../domain/failure.ts';
import type { Incident, Scope, Trouble } from '../domain/incident.ts';
import type { Draft } from './dedupe.ts';

type Severity = Incident['severity'];
type Owner = Incident['owner'];

export type Critical = (tenant: string, scenario: string) => boolean;

export interface Route {
  readonly severity: Severity;
  readonly owner: Owner;
  readonly layers: readonly Layer[];
  readonly because: string;
}

const OWNERS: Readonly<Record<Layer, Owner>> = {
  network: 'platform',
  ingress: 'platform',
  database: 'dba',
  integration: 'integration',
  application: 'erp-support',
  access: 'erp-support',
  data: 'erp-support',
};

const GRAVITY: Readonly<Record<Severity, number>> = { info: 0, ticket: 1, page: 2 };

/**
 * While an incident is open its severity only grows. Its layers and its owner stay once they are known, for whoever has
 * it would lose it otherwise; they are looked at anew when it reaches further or becomes graver.
 */
export function route({ before, scope, parts }: Draft, critical: Critical): Route {
  const found = severityOf(scope, parts, critical);
  const severity =
    before !== undefined && GRAVITY[before.severity] > GRAVITY[found.severity]
      ? before.severity
      : found.severity;
  const layers = layersOf(parts);
  const stays =
    before !== undefined &&
    before.layers.length > 0 &&
    (layers.length === 0 || (before.severity === severity && before.scope.kind === scope.kind));
  const kept = stays ? before.layers : layers;
  const [first] = kept;
  const layer =
    first === undefined ? 'its layer is not known' : `its layer is ${kept.join(' or ')}`;
  return {
    severity,
    owner: ownerOf(scope, first),
    layers: kept,
    because: `${found.because}; ${layer}`,
  };
}

function ownerOf({ kind }: Scope, layer: Layer | undefined): Owner {
  if (layer !== undefined) return OWNERS[layer];
  return kind === 'platform' || kind === 'fleet' ? 'platform' : 'erp-support';
}

function severityOf(
  { kind }: Scope,
  parts: readonly Trouble[],
  critical: Critical,
): { readonly severity: Severity; readonly because: string } {
  const grave = parts.filter((one) => critical(one.tenant, one.scenario));
  if (grave.length === 0) return { severity: 'info', because: 'nothing critical is in it' };
  if (grave.some((one) => one.kind === 'failures')) {
    return { severity: 'page', because: 'something critical fails' };
  }
  if (grave.every((one) => one.kind === 'tail')) {
    return { severity: 'info', because: 'only some runs are slow' };
  }
  return kind === 'platform' || kind === 'fleet'
    ? { severity: 'page', because: 'something critical is slow at several tenants' }
    : { severity: 'ticket', because: 'something critical is slow at one tenant' };
}

/**
 * Most likely first: each part gives its first layer 1, its second 1/2 and so on, so that many parts that agree outweigh
 * one. Our own choice.
 */
function layersOf(parts: readonly Trouble[]): readonly Layer[] {
  const weights = new Map<Layer, number>();
  for (const { layers } of parts) {
    for (const [rank, layer] of layers.entries()) {
      weights.set(layer, (weights.get(layer) ?? 0) + 1 / (rank + 1));
    }
  }
  const known = layerSchema.options.filter((layer) => weights.has(layer));
  return known.toSorted((a, b) => (weights.get(b) ?? 0) - (weights.get(a) ?? 0));
}
